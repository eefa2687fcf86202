//! The keys of one service, all in one slot of a cluster.

use crate::fleet::protocol::name::Service;

/// The keys and channels of one service: `fusebox:{service}:…`.
///
/// `docs/fleet.md` documents each of them; programs in other languages rely on it.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    prefix: String,
}

impl Keys {
    pub(crate) fn new(service: &Service) -> Self {
        Self {
            prefix: format!("fusebox:{{{service}}}:"),
        }
    }

    /// Returns the key of a hash: protocol, epoch, sequence, program.
    pub(crate) fn meta(&self) -> String {
        self.key("meta")
    }

    /// Returns the key of a sorted set.
    ///
    /// Live instances, scored by the server time at which they count as dead.
    pub(crate) fn instances(&self) -> String {
        self.key("instances")
    }

    /// Returns the key of a hash: breaker to forced state.
    pub(crate) fn forced(&self) -> String {
        self.key("forced")
    }

    /// Returns the key of a hash: breaker to the state that is forced on this
    /// instance alone.
    pub(crate) fn forced_on(&self, instance: &str) -> String {
        self.key(&format!("forced:{instance}"))
    }

    /// Returns the key of a hash: breaker to shared open.
    pub(crate) fn shared(&self) -> String {
        self.key("shared")
    }

    /// Returns the key of a hash.
    ///
    /// One instance and the states of its breakers that are not closed.
    pub(crate) fn instance(&self, instance: &str) -> String {
        self.key(&format!("instance:{instance}"))
    }

    /// Returns the key of a sorted set: the instances that tripped this breaker
    /// themselves, scored by the end of their cooldown.
    pub(crate) fn open(&self, breaker: &str) -> String {
        self.key(&format!("open:{breaker}"))
    }

    /// Returns the channel of changes that every instance applies.
    pub(crate) fn changes(&self) -> String {
        self.key("changes")
    }

    /// Returns the pattern of all keys and channels, for access control lists and
    /// messages.
    pub(crate) fn pattern(&self) -> String {
        self.key("*")
    }

    fn key(&self, rest: &str) -> String {
        format!("{}{rest}", self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_is_the_documented_one() {
        let keys = Keys::new(&Service::new("orders").unwrap());
        let all = [
            keys.meta(),
            keys.instances(),
            keys.forced(),
            keys.forced_on("pod-1"),
            keys.shared(),
            keys.instance("pod-1"),
            keys.open("inventory[eu-1]"),
            keys.changes(),
        ];
        let documented = include_str!("../../../../docs/fleet.md");
        let expected = [
            "meta",
            "instances",
            "forced",
            "forced:pod-1",
            "shared",
            "instance:pod-1",
            "open:inventory[eu-1]",
            "changes",
        ];
        for (key, name) in all.iter().zip(expected) {
            assert_eq!(key, &format!("fusebox:{{orders}}:{name}"));
            let row = name
                .split_once(':')
                .map_or_else(|| format!("| `{name}` |"), |(kind, _)| format!("| `{kind}:<"));
            assert!(documented.contains(&row), "docs/fleet.md lacks a row {row}");
        }
    }
}
