//! The content of the store about one breaker.

use std::{borrow::Cow, time::Duration};

use crate::{
    State,
    fleet::protocol::{
        fields::{self, Fields},
        limits::{LONGEST_REASON, LONGEST_WHO, clamped, millis, shortened},
        name::SharedName,
        version::Version,
    },
};

/// A state that an operator sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ForcedState {
    Open,
    Closed,
}

impl ForcedState {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }

    /// Returns the state of a breaker that is forced so.
    pub(crate) const fn as_state(self) -> State {
        match self {
            Self::Open => State::ForcedOpen,
            Self::Closed => State::ForcedClosed,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "open" => Some(Self::Open),
            "closed" => Some(Self::Closed),
            _ => None,
        }
    }
}

/// A forced state with its author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OverrideRecord {
    pub(crate) state: ForcedState,
    /// How long it still lasts; `None` until an operator releases it.
    pub(crate) remaining: Option<Duration>,
    pub(crate) who: String,
    pub(crate) reason: String,
}

/// The newest operator command about a breaker: forced, or released (`None`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Forced {
    pub(crate) over: Option<OverrideRecord>,
    pub(crate) version: Version,
}

impl Forced {
    /// Reads a record of the `forced` hash.
    /// A record without a version counts as part of the `snapshot`, so an operator may write one
    /// with a plain `HSET`.
    pub(crate) fn decode(text: &[u8], now: u64, snapshot: Version) -> Option<Self> {
        let fields = Fields::parse(text).ok()?;
        let version = fields.parsed("version").unwrap_or(snapshot);
        let state = fields.text("state")?;
        if state == "released" {
            return Some(Self { over: None, version });
        }
        let remaining = fields.parsed::<u64>("until").map(|until| {
            // The total length bounds what is left if the server's clock was set back.
            let total = fields.parsed::<u64>("ms").unwrap_or(u64::MAX);
            clamped(until.saturating_sub(now).min(total))
        });
        let over = OverrideRecord {
            state: ForcedState::parse(state)?,
            remaining,
            ..author(&fields)
        };
        Some(Self {
            over: Some(over),
            version,
        })
    }

    /// Reads the `forced` and `released` messages.
    pub(crate) fn from_message(fields: &Fields, released: bool) -> Option<Self> {
        let version = fields.parsed("version")?;
        if released {
            return Some(Self { over: None, version });
        }
        let state = ForcedState::parse(fields.text("state")?)?;
        let remaining = fields.parsed::<u64>("ms").map(clamped);
        Some(Self {
            over: Some(OverrideRecord {
                state,
                remaining,
                ..author(fields)
            }),
            version,
        })
    }
}

pub(super) fn author(fields: &Fields) -> OverrideRecord {
    OverrideRecord {
        state: ForcedState::Open,
        remaining: None,
        who: shortened(fields.text("who").unwrap_or("unknown"), LONGEST_WHO),
        reason: shortened(fields.text("reason").unwrap_or(""), LONGEST_REASON),
    }
}

/// An override that a breaker of one instance has, by any operator or by
/// configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Forced open, forced closed or disabled.
    pub(crate) state: State,
    /// How long it still lasts; `None` without an end.
    pub(crate) remaining: Option<Duration>,
    /// The operator; empty if none is known.
    pub(crate) who: String,
    pub(crate) reason: String,
}

impl Standing {
    /// Returns the text of a report, from which the script makes the record.
    pub(crate) fn encode(&self) -> String {
        let mut list = vec![("state", Cow::from(self.state.as_str()))];
        let remaining = self.remaining.map(|remaining| millis(remaining).to_string());
        list.extend(remaining.map(|remaining| ("ms", remaining.into())));
        if !self.who.is_empty() {
            list.push(("who", shortened(&self.who, LONGEST_WHO).into()));
            list.push(("reason", shortened(&self.reason, LONGEST_REASON).into()));
        }
        fields::encode(list)
    }
}

/// The right to make the trial calls of one shared cooldown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lease {
    pub(crate) owner: SharedName,
    pub(crate) token: Version,
    pub(crate) remaining: Duration,
}

/// A breaker that is open on all instances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shared {
    /// The rest of the cooldown; zero once trial calls may be made.
    pub(crate) remaining: Duration,
    /// How many trials have failed since the breaker opened.
    pub(crate) round: u32,
    /// How many instances had tripped when the breaker opened for all.
    pub(crate) open: u32,
    /// How many instances were alive then.
    pub(crate) live: u32,
    /// The instance whose trial failed last.
    pub(crate) last: Option<SharedName>,
    pub(crate) lease: Option<Lease>,
    pub(crate) version: Version,
}

impl Shared {
    /// Reads a record of the `shared` hash.
    pub(crate) fn decode(text: &[u8], now: u64) -> Option<Self> {
        let fields = Fields::parse(text).ok()?;
        let until: u64 = fields.parsed("until")?;
        let total = fields.parsed::<u64>("ms").unwrap_or(u64::MAX);
        let lease_until: u64 = fields.parsed("lease_until").unwrap_or(0);
        let lease = (lease_until > now).then_some(()).and_then(|()| {
            let remaining = clamped(lease_until - now).min(super::limits::LONGEST_LEASE);
            Some(Lease {
                owner: fields.text("owner")?.into(),
                token: fields.parsed("token")?,
                remaining,
            })
        });
        let remaining = clamped(until.saturating_sub(now).min(total));
        Some(Self {
            remaining,
            lease,
            ..Self::from_fields(&fields)?
        })
    }

    /// Reads the `opened` message.
    pub(crate) fn from_message(fields: &Fields) -> Option<Self> {
        let remaining = clamped(fields.parsed("ms")?);
        Some(Self {
            remaining,
            ..Self::from_fields(fields)?
        })
    }

    fn from_fields(fields: &Fields) -> Option<Self> {
        Some(Self {
            remaining: Duration::ZERO,
            round: fields.parsed("round").unwrap_or(0),
            open: fields.parsed("open").unwrap_or(0),
            live: fields.parsed("live").unwrap_or(0),
            last: fields
                .text("last")
                .filter(|last| !last.is_empty())
                .map(SharedName::from),
            lease: None,
            version: fields.parsed("version")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SNAPSHOT: Version = Version::new(1000, 5);

    #[test]
    fn a_plain_record_by_hand_is_enough_to_force_a_breaker() {
        let forced = Forced::decode(b"state=open&who=anna&reason=provider+down", 0, SNAPSHOT).unwrap();
        assert_eq!(forced.version, SNAPSHOT);
        let over = forced.over.unwrap();
        assert_eq!((over.state, over.remaining), (ForcedState::Open, None));
        assert_eq!(
            (over.who.as_str(), over.reason.as_str()),
            ("anna", "provider down")
        );
    }

    #[test]
    fn a_server_clock_that_was_set_back_does_not_lengthen_a_state() {
        let text = b"state=closed&until=100000&ms=2000&version=1000-3";
        let remaining = |now| {
            Forced::decode(text, now, SNAPSHOT)
                .unwrap()
                .over
                .unwrap()
                .remaining
                .unwrap()
        };
        assert_eq!(remaining(99_000), Duration::from_secs(1));
        assert_eq!(remaining(0), Duration::from_secs(2));
        assert_eq!(remaining(200_000), Duration::ZERO);
    }

    #[test]
    fn foreign_records_are_ignored() {
        for text in [
            &b"hello"[..],
            b"state=ajar",
            b"",
            b"\xff",
            b"{\"state\":\"open\"}",
        ] {
            assert_eq!(Forced::decode(text, 0, SNAPSHOT), None, "{text:?}");
            assert_eq!(Shared::decode(text, 0), None, "{text:?}");
        }
        assert_eq!(Shared::decode(b"until=5&version=no", 0), None);
    }

    #[test]
    fn a_shared_record_has_its_lease_only_while_it_lasts() {
        let text = b"until=1000&ms=500&round=2&open=3&live=5&last=pod-1&owner=pod-2&token=9-8&lease_until=4000&version=9-7";
        let shared = Shared::decode(text, 3000).unwrap();
        assert_eq!(
            (shared.remaining, shared.round, shared.open, shared.live),
            (Duration::ZERO, 2, 3, 5)
        );
        assert_eq!(shared.last.as_deref(), Some("pod-1"));
        assert_eq!(shared.lease.unwrap().remaining, Duration::from_secs(1));
        assert_eq!(Shared::decode(text, 4000).unwrap().lease, None);
        assert_eq!(
            Shared::decode(text, 0).unwrap().remaining,
            Duration::from_millis(500)
        );
    }
}
