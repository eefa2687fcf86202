//! The effect of a trip on one instance on the others.

use crate::fleet::{error::JoinError, pattern, protocol::Quorum};

/// The effect of a trip on one instance on the breakers of the others. Default:
/// [`Report`](Share::Report).
///
/// The states that an operator forces reach every instance, whatever this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Share {
    /// The trip is published and shown to operators. It has no effect on the
    /// other instances.
    #[default]
    Report,
    /// When enough instances have tripped by themselves, the breaker opens on
    /// all of them, and one instance makes the trial calls for all.
    Quorum {
        /// At least this many instances have tripped: 2 or more.
        instances: u32,
        /// At least this percentage of the live instances has tripped: 0 to 100.
        percent: u32,
    },
}

/// The policy of each breaker.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shares {
    default: Share,
    rules: Vec<(String, Share)>,
}

impl Share {
    /// Opens the breaker on all instances when at least this many, and at least
    /// this percentage of the live ones, have tripped.
    pub const fn quorum(instances: u32, percent: u32) -> Self {
        Self::Quorum { instances, percent }
    }

    const fn rule(self) -> Option<Quorum> {
        match self {
            Self::Report => None,
            Self::Quorum { instances, percent } => Some(Quorum { instances, percent }),
        }
    }
}

impl Shares {
    pub(crate) fn set_default(&mut self, share: Share) {
        self.default = share;
    }

    pub(crate) fn add(&mut self, pattern: String, share: Share) {
        self.rules.push((pattern, share));
    }

    /// Returns the rule by which this breaker opens for all; `None` if it is only
    /// reported.
    pub(crate) fn quorum(&self, breaker: &str) -> Option<Quorum> {
        let rule = self
            .rules
            .iter()
            .rev()
            .find(|(pattern, _)| pattern::matches(pattern, breaker));
        rule.map_or(self.default, |(_, share)| *share).rule()
    }

    /// Checks the numbers of every policy.
    pub(crate) fn check(&self) -> Result<(), JoinError> {
        let shares = self.rules.iter().map(|(_, share)| share);
        for quorum in shares.chain([&self.default]).filter_map(|share| share.rule()) {
            if quorum.instances < 2 {
                let found = quorum.instances;
                return Err(JoinError::Quorum { found });
            }
            if quorum.percent > 100 {
                let found = quorum.percent;
                return Err(JoinError::Percent { found });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_rule_that_matches_decides() {
        let mut shares = Shares::default();
        shares.set_default(Share::quorum(3, 50));
        shares.add("inv*".to_owned(), Share::Report);
        shares.add("inventory".to_owned(), Share::quorum(2, 10));
        let instances = |name| shares.quorum(name).map(|quorum| quorum.instances);
        assert_eq!(instances("payments"), Some(3));
        assert_eq!(instances("invoices"), None);
        assert_eq!(instances("inventory"), Some(2));
    }

    #[test]
    fn one_instance_is_never_a_quorum() {
        let mut shares = Shares::default();
        shares.add("payments".to_owned(), Share::quorum(1, 50));
        assert_eq!(
            shares.check().unwrap_err().to_string(),
            "a quorum of 1 lets one bad instance open all the others; write 2 or more"
        );
        shares.rules.clear();
        shares.set_default(Share::quorum(2, 101));
        assert_eq!(
            shares.check().unwrap_err().to_string(),
            "a quorum of 101 percent is never reached; write 0 to 100"
        );
    }
}
