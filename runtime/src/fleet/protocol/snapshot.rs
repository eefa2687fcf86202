//! The snapshot that a store returns to readers.

use std::time::Duration;

use crate::fleet::protocol::{
    fields::Fields,
    limits::{LONGEST_STATE, clamped, shortened},
    name::SharedName,
    record::{Forced, Shared, author},
    version::Version,
};

/// The reply to a sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoreSnapshot {
    /// The newest change that the snapshot contains.
    pub(crate) version: Version,
    /// How many instances are alive.
    pub(crate) live: u32,
    /// The program of the first live instance.
    pub(crate) program: String,
    /// Whether another process used the same instance name since the last sync.
    pub(crate) replaced: bool,
    /// Names the content; sent with the next sync.
    pub(crate) digest: String,
    /// `None` if the content still has the digest that the instance sent.
    pub(crate) content: Option<Content>,
}

/// The content that all instances share.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Content {
    /// Forced on all instances.
    pub(crate) forced: Vec<(SharedName, Forced)>,
    /// Forced on the instance that reads; empty in an overview.
    pub(crate) own: Vec<(SharedName, Forced)>,
    pub(crate) shared: Vec<(SharedName, Shared)>,
}

/// One instance as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShownInstance {
    pub(crate) name: SharedName,
    pub(crate) program: String,
    /// How long it still counts as alive without another sync.
    pub(crate) alive: Duration,
    /// Whether it takes commands that are for it alone.
    pub(crate) is_addressable: bool,
    /// Its breakers that are not closed.
    pub(crate) breakers: Vec<ShownBreaker>,
}

/// A breaker of one instance as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShownBreaker {
    pub(crate) breaker: SharedName,
    /// The word for the state.
    pub(crate) state: String,
    /// What remains of the cooldown or of the forced state; `None` without an end.
    pub(crate) remaining: Option<Duration>,
    /// Operator and reason of a forced state, if they are known.
    pub(crate) author: Option<(String, String)>,
}

/// Everything about a service, for operators.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Overview {
    pub(crate) instances: Vec<ShownInstance>,
    pub(crate) content: Content,
}

impl ShownBreaker {
    /// Reads the record of one breaker of an instance; `None` if it is over, or
    /// not a record.
    pub(crate) fn decode(breaker: &str, text: &[u8], now: u64) -> Option<Self> {
        let fields = Fields::parse(text).ok()?;
        let state = shortened(fields.text("state")?, LONGEST_STATE);
        let until = fields.parsed::<u64>("until");
        let is_override = matches!(state.as_str(), "forced_open" | "forced_closed" | "disabled");
        let remaining = match until {
            Some(until) if is_override && until <= now => return None,
            Some(until) => Some(clamped(until.saturating_sub(now))),
            None if is_override => None,
            None => Some(Duration::ZERO),
        };
        let author = fields.text("who").map(|_| author(&fields));
        Some(Self {
            breaker: breaker.into(),
            state,
            remaining,
            author: author.map(|author| (author.who, author.reason)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reported_override_is_shown_until_its_end() {
        let text = b"state=forced_open&until=5000&who=anna&reason=a+drill";
        let shown = ShownBreaker::decode("stock", text, 3000).unwrap();
        assert_eq!(
            (shown.state.as_str(), shown.remaining),
            ("forced_open", Some(Duration::from_secs(2)))
        );
        assert_eq!(shown.author, Some(("anna".to_owned(), "a drill".to_owned())));
        assert_eq!(ShownBreaker::decode("stock", text, 5000), None);
        let endless = ShownBreaker::decode("stock", b"state=disabled", 3000).unwrap();
        assert_eq!((endless.remaining, endless.author), (None, None));
        let open = ShownBreaker::decode("stock", b"state=open&until=5000&evidence=1", 9000).unwrap();
        assert_eq!(
            open.remaining,
            Some(Duration::ZERO),
            "until it is reported closed"
        );
    }
}
