//! The order of changes in one store.

use std::{fmt, str::FromStr};

/// The number of one change:
/// `<epoch>-<sequence>`, like the identifiers of Redis streams.
///
/// The epoch is the server's time, in milliseconds, when the store was created. A store that lost
/// its data has another epoch, so an instance notices the loss. The sequence counts the changes of
/// one service since then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Version {
    pub(crate) epoch: u64,
    pub(crate) sequence: u64,
}

impl Version {
    pub(crate) const fn new(epoch: u64, sequence: u64) -> Self {
        Self { epoch, sequence }
    }

    /// Returns whether this change is newer than `other`, seen from a store of
    /// `epoch`.
    ///
    /// A change of the store's own epoch beats every other epoch, also a larger one: the server's
    /// clock may have stepped back before the store was created anew.
    pub(crate) fn is_newer(self, other: Self, epoch: u64) -> bool {
        match (self.epoch == epoch, other.epoch == epoch) {
            (true, false) => true,
            (false, true) => false,
            _ => self > other,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.epoch, self.sequence)
    }
}

/// The largest number that the scripts can count on from.
///
/// Lua's numbers are exact up to 2^53.
///
/// A forged message with a larger one would be restored to a store that "lost" it, and then no
/// script could count any more.
const LARGEST_NUMBER: u64 = (1 << 53) - (1 << 32);

/// The text is not `<epoch>-<sequence>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotAVersion;

impl FromStr for Version {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let (epoch, sequence) = text.split_once('-').ok_or(NotAVersion)?;
        let number = |text: &str| text.parse().ok().filter(|number| *number <= LARGEST_NUMBER);
        Ok(Self {
            epoch: number(epoch).ok_or(NotAVersion)?,
            sequence: number(sequence).ok_or(NotAVersion)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_survives_its_text() {
        let version = Version::new(1_795_754_531_123, 57);
        assert_eq!(version.to_string(), "1795754531123-57");
        assert_eq!("1795754531123-57".parse(), Ok(version));
        for wrong in [
            "",
            "57",
            "a-1",
            "1-",
            "-1",
            "1-2-3",
            "1--2",
            "1-18446744073709551615",
        ] {
            assert_eq!(wrong.parse::<Version>(), Err(NotAVersion), "{wrong:?}");
        }
    }

    #[test]
    fn the_stores_own_epoch_beats_every_other() {
        let old = Version::new(200, 9);
        let own = Version::new(100, 1);
        assert!(own.is_newer(old, 100));
        assert!(!old.is_newer(own, 100));
        assert!(Version::new(100, 2).is_newer(own, 100));
        assert!(!own.is_newer(own, 100));
        assert!(old.is_newer(Version::new(200, 8), 100));
    }
}
