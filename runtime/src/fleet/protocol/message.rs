//! A change that the store publishes to every instance.

#[cfg(test)]
use std::borrow::Cow;
#[cfg(test)]
use std::time::Duration;

#[cfg(test)]
use crate::fleet::protocol::{fields, limits::millis};
use crate::fleet::protocol::{
    fields::{Fields, FieldsError},
    limits::{LONGEST_LEASE, clamped},
    name::{self, SharedName},
    record::{Forced, Lease, Shared},
    version::Version,
};

/// One published change. Durations are what remains by the server's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Message {
    /// An operator forced or released a breaker: on one instance, or on all if `on`
    /// is `None`.
    Forced {
        breaker: SharedName,
        on: Option<SharedName>,
        forced: Forced,
    },
    /// A breaker opened on all instances, or reopened after a failed trial.
    Opened { breaker: SharedName, shared: Shared },
    /// A trial succeeded: the breaker closes on all instances.
    Closed { breaker: SharedName, version: Version },
    /// An instance got, kept (same token) or gave up (nothing remains) the trial
    /// lease.
    Trial { breaker: SharedName, lease: Lease },
}

impl Message {
    pub(crate) fn breaker(&self) -> &SharedName {
        match self {
            Self::Forced { breaker, .. }
            | Self::Opened { breaker, .. }
            | Self::Closed { breaker, .. }
            | Self::Trial { breaker, .. } => breaker,
        }
    }

    pub(crate) fn version(&self) -> Version {
        match self {
            Self::Forced { forced, .. } => forced.version,
            Self::Opened { shared, .. } => shared.version,
            Self::Closed { version, .. } => *version,
            Self::Trial { lease, .. } => lease.token,
        }
    }

    /// Reads a message; `Ok(None)` if its kind is unknown or a field is missing.
    pub(crate) fn decode(text: &[u8]) -> Result<Option<Self>, FieldsError> {
        let fields = Fields::parse(text)?;
        Ok(Self::from_fields(&fields))
    }

    fn from_fields(fields: &Fields) -> Option<Self> {
        let breaker: SharedName = fields
            .text("breaker")
            .filter(|name| name::is_breaker(name))?
            .into();
        match fields.text("kind")? {
            kind @ ("forced" | "released") => Some(Self::Forced {
                breaker,
                on: None,
                forced: Forced::from_message(fields, kind == "released")?,
            }),
            // Kinds of their own: an instance of an earlier version ignores them, and would force
            // itself for a `forced` with one more name.
            kind @ ("forced_on" | "released_on") => Some(Self::Forced {
                breaker,
                on: Some(fields.text("instance")?.into()),
                forced: Forced::from_message(fields, kind == "released_on")?,
            }),
            "opened" => Some(Self::Opened {
                breaker,
                shared: Shared::from_message(fields)?,
            }),
            "closed" => Some(Self::Closed {
                breaker,
                version: fields.parsed("version")?,
            }),
            "trial" => {
                let lease = Lease {
                    owner: fields.text("owner")?.into(),
                    token: fields.parsed("version")?,
                    remaining: clamped(fields.parsed("ms")?).min(LONGEST_LEASE),
                };
                Some(Self::Trial { breaker, lease })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
impl Message {
    /// Writes the message as the scripts write it.
    pub(crate) fn encode(&self) -> String {
        let number = |duration: Duration| Cow::from(millis(duration).to_string());
        let mut list: Vec<(&str, Cow<'_, str>)> = vec![("kind", self.kind().into())];
        list.push(("breaker", self.breaker().as_ref().into()));
        if let Self::Forced {
            on: Some(instance), ..
        } = self
        {
            list.push(("instance", instance.as_ref().into()));
        }
        match self {
            Self::Forced {
                forced: Forced { over: Some(over), .. },
                ..
            } => {
                list.push(("state", over.state.as_str().into()));
                list.extend(over.remaining.map(|remaining| ("ms", number(remaining))));
                list.push(("who", over.who.as_str().into()));
                list.push(("reason", over.reason.as_str().into()));
            }
            Self::Opened { shared, .. } => {
                list.push(("ms", number(shared.remaining)));
                list.push(("round", shared.round.to_string().into()));
                list.push(("open", shared.open.to_string().into()));
                list.push(("live", shared.live.to_string().into()));
                list.extend(shared.last.as_deref().map(|last| ("last", last.into())));
            }
            Self::Trial { lease, .. } => {
                list.push(("owner", lease.owner.as_ref().into()));
                list.push(("ms", number(lease.remaining)));
            }
            Self::Forced { .. } | Self::Closed { .. } => {}
        }
        list.push(("version", self.version().to_string().into()));
        fields::encode(list)
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Forced { on, forced, .. } => match (on, &forced.over) {
                (None, Some(_)) => "forced",
                (None, None) => "released",
                (Some(_), Some(_)) => "forced_on",
                (Some(_), None) => "released_on",
            },
            Self::Opened { .. } => "opened",
            Self::Closed { .. } => "closed",
            Self::Trial { .. } => "trial",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::protocol::record::{ForcedState, OverrideRecord};

    fn examples() -> Vec<Message> {
        let breaker: SharedName = "inventory[eu-1]".into();
        let version = Version::new(1_795_754_531_123, 57);
        let shared = Shared {
            remaining: Duration::from_secs(30),
            round: 1,
            open: 2,
            live: 5,
            last: Some("pod-1".into()),
            lease: None,
            version,
        };
        let over = OverrideRecord {
            state: ForcedState::Open,
            remaining: Some(Duration::from_secs(1800)),
            who: "anna".to_owned(),
            reason: "provider = down & out; 100% é".to_owned(),
        };
        let lease = Lease {
            owner: "pod-2".into(),
            token: version,
            remaining: Duration::from_secs(4),
        };
        let forced = |on: Option<&str>, over: Option<&OverrideRecord>| Message::Forced {
            breaker: breaker.clone(),
            on: on.map(SharedName::from),
            forced: Forced {
                over: over.cloned(),
                version,
            },
        };
        vec![
            forced(None, Some(&over)),
            forced(None, None),
            forced(Some("pod-3"), Some(&over)),
            forced(Some("pod-3"), None),
            Message::Opened {
                breaker: breaker.clone(),
                shared,
            },
            Message::Closed {
                breaker: breaker.clone(),
                version,
            },
            Message::Trial { breaker, lease },
        ]
    }

    #[test]
    fn every_message_survives_its_text() {
        for message in examples() {
            let text = message.encode();
            assert_eq!(Message::decode(text.as_bytes()), Ok(Some(message)), "{text}");
        }
    }

    #[test]
    fn the_text_is_the_documented_one() {
        assert_eq!(
            examples()[4].encode(),
            "kind=opened&breaker=inventory[eu-1]&ms=30000&round=1&open=2&live=5&last=pod-1&version=1795754531123-57"
        );
    }

    #[test]
    fn unknown_kinds_and_names_are_ignored_and_a_megabyte_is_refused() {
        assert_eq!(Message::decode(b"kind=promoted&breaker=a&version=1-1"), Ok(None));
        assert_eq!(Message::decode(b"kind=closed&breaker=a"), Ok(None));
        assert_eq!(Message::decode(b"kind=closed&breaker=%00&version=1-1"), Ok(None));
        let extra = Message::decode(b"kind=closed&colour=red&breaker=a&version=1-1").unwrap();
        assert_eq!(extra.unwrap().version(), Version::new(1, 1));
        assert_eq!(Message::decode(&vec![b'a'; 1 << 20]), Err(FieldsError::TooLong));
    }

    #[test]
    fn durations_are_clamped() {
        let text = format!("kind=opened&breaker=a&ms={}&version=1-1", u64::MAX);
        let Some(Message::Opened { shared, .. }) = Message::decode(text.as_bytes()).unwrap() else {
            panic!("{text} is an opened message")
        };
        assert_eq!(shared.remaining, super::super::limits::LONGEST_DURATION);
        let text = format!("kind=trial&breaker=a&owner=b&ms={}&version=1-1", u64::MAX);
        let Some(Message::Trial { lease, .. }) = Message::decode(text.as_bytes()).unwrap() else {
            panic!("{text} is a trial message")
        };
        assert_eq!(lease.remaining, LONGEST_LEASE);
    }
}
