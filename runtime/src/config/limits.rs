//! The bounds of all settings, once for the whole crate.

use std::time::Duration;

/// The longest name, in characters.
pub(crate) const MAX_NAME_CHARS: usize = 128;
/// The longest duration: 100 years of 365 days.
pub(crate) const MAX_DURATION: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// The largest threshold without a window, in consecutive failures.
pub(crate) const MAX_CONSECUTIVE_FAILURES: u32 = 1_000_000;
/// The largest window, and the largest threshold with a window, in calls.
pub(crate) const MAX_WINDOW_CALLS: u32 = 10_000;
/// The largest number of keys of a group.
pub(crate) const MAX_KEYS: u32 = 100_000;
/// How many keys of a group have a breaker, unless `max_keys` is given.
pub(crate) const DEFAULT_MAX_KEYS: u32 = 1_000;
pub(crate) const MAX_TRIAL_CALLS: u32 = 100;

/// Returns whether a name must not hold this character.
///
/// Such a character cannot be seen, or it changes how the text around it is shown.
///
/// | characters | what they are |
/// |---|---|
/// | U+0000–001F, U+007F–009F | control characters |
/// | U+2028, U+2029 | ends of a line and of a paragraph |
/// | U+061C, U+200E, U+200F, U+202A–202E, U+2066–2069 | they turn the direction of the text |
/// | U+200B, U+2060–2065, U+FEFF | without width |
///
/// The joiners U+200C and U+200D are allowed: words and emoji contain them.
pub(crate) const fn is_unprintable(character: char) -> bool {
    matches!(
        character,
        '\0'..='\x1f'
            | '\x7f'..='\u{9f}'
            | '\u{61c}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
    )
}
