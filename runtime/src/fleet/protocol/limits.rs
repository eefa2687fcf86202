//! The largest values that the protocol accepts.

use std::time::Duration;

use crate::config::limits::is_unprintable;

/// The longest message or record, in bytes. A longer one is ignored unread.
pub(crate) const LONGEST_MESSAGE: usize = 4096;

/// The longest breaker name, in characters.
pub(crate) const LONGEST_BREAKER: usize = 128;

/// The longest name of a service or an instance, in characters.
pub(crate) const LONGEST_NAME: usize = 64;

/// The longest operator name, in characters.
pub(crate) const LONGEST_WHO: usize = 64;

/// The longest reason, in characters.
pub(crate) const LONGEST_REASON: usize = 200;

/// The longest name of a program that is shown, in characters.
pub(crate) const LONGEST_PROGRAM: usize = 64;

/// The longest word for a state, in characters.
pub(crate) const LONGEST_STATE: usize = 32;

/// The most reports in one command; more are sent in further commands.
pub(crate) const MOST_REPORTS: usize = 64;

/// The longest shared cooldown and the longest forced state with an end.
pub(crate) const LONGEST_DURATION: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// The shortest trial lease.
pub(crate) const SHORTEST_LEASE: Duration = Duration::from_millis(100);

/// The longest trial lease: a dead owner delays recovery by at most this long.
pub(crate) const LONGEST_LEASE: Duration = Duration::from_secs(60);

/// The longest that an instance may count as alive after one sign of life.
pub(crate) const LONGEST_ALIVE: Duration = Duration::from_secs(60 * 60);

/// How long the store remembers that a forced state was released.
pub(crate) const RELEASE_MEMORY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a shared open stays in the store after its cooldown if no instance
/// makes a trial.
pub(crate) const ABANDONED_AFTER: Duration = Duration::from_secs(60 * 60);

/// Converts a duration into whole milliseconds, at most [`LONGEST_DURATION`].
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.min(LONGEST_DURATION).as_millis()).unwrap_or(u64::MAX)
}

/// Reads a duration from milliseconds of another process, at most
/// [`LONGEST_DURATION`].
pub(crate) fn clamped(millis: u64) -> Duration {
    Duration::from_millis(millis).min(LONGEST_DURATION)
}

/// Returns the first `longest` characters of a text, with unprintable ones
/// replaced by spaces.
///
/// At most twice as many bytes: a message has room for three texts whose every byte is escaped.
pub(crate) fn shortened(text: &str, longest: usize) -> String {
    let mut room = longest * 2;
    let fits = |c: &char| {
        let is_room = c.len_utf8() <= room;
        room = room.saturating_sub(c.len_utf8());
        is_room
    };
    let printable = |c: char| if is_unprintable(c) { ' ' } else { c };
    text.chars()
        .take(longest)
        .map(printable)
        .take_while(fits)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_of_a_million_years_becomes_the_longest() {
        assert_eq!(clamped(u64::MAX), LONGEST_DURATION);
        assert_eq!(millis(Duration::MAX), 366 * 24 * 60 * 60 * 1000);
    }

    #[test]
    fn a_long_reason_is_cut_between_characters() {
        assert_eq!(shortened(&"é".repeat(300), 200), "é".repeat(200));
        assert_eq!(shortened(&"電".repeat(300), 200), "電".repeat(133));
        assert_eq!(shortened("a\r\nb", 10), "a  b");
    }
}
