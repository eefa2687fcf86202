//! Texts from outside, in bounded memory.

use std::{
    fmt::{self, Write},
    sync::Arc,
};

/// How many characters of a text are kept.
pub(crate) const MAX_CHARS: usize = 200;

/// The first [`MAX_CHARS`] characters of what `text` displays; `None` if it
/// displays nothing. A longer text ends in `…`.
///
/// It is one line for a log or a terminal: each character that would start a line, control a
/// terminal or reorder what follows becomes a blank. A text that fails to format keeps what it
/// wrote before that.
pub(crate) fn shortened(text: &dyn fmt::Display) -> Option<Arc<str>> {
    let mut short = Shortened {
        text: String::new(),
        free: MAX_CHARS,
    };
    // An error means that the text is full, or that `text` gave up. Both keep what is there.
    let _ = write!(short, "{text}");
    (!short.text.is_empty()).then(|| short.text.into())
}

/// Whether a reader of a line must not get this character: a control
/// character, a separator of lines, or a control of the direction of writing.
fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A string that refuses what exceeds its length, so that a huge text is not
/// formatted to its end.
struct Shortened {
    text: String,
    /// How many characters fit still.
    free: usize,
}

impl fmt::Write for Shortened {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        for character in part.chars() {
            if self.free == 0 {
                self.text.pop();
                self.text.push('…');
                return Err(fmt::Error);
            }
            self.text
                .push(if is_unprintable(character) { ' ' } else { character });
            self.free -= 1;
        }
        Ok(())
    }
}

#[cfg(all(test, not(fusebox_loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_is_kept_as_it_is() {
        let text = "ä".repeat(MAX_CHARS);
        assert_eq!(shortened(&text).as_deref(), Some(&*text));
        assert_eq!(shortened(&""), None);
    }

    #[test]
    fn a_long_text_ends_in_an_ellipsis_and_is_not_formatted_further() {
        struct Endless(std::cell::Cell<usize>);
        impl fmt::Display for Endless {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                loop {
                    self.0.set(self.0.get() + 1);
                    f.write_str("word ")?;
                }
            }
        }
        let endless = Endless(std::cell::Cell::new(0));
        let text = shortened(&endless).expect("a text");
        assert_eq!(text.chars().count(), MAX_CHARS);
        assert!(text.starts_with("word word ") && text.ends_with('…'), "{text}");
        assert_eq!(endless.0.get(), MAX_CHARS / 5 + 1);
    }

    #[test]
    fn a_text_of_several_lines_or_with_controls_becomes_one_plain_line() {
        let text = "refused\r\nby \u{1b}[31mhost\u{2028}a\u{202e}b\0";
        assert_eq!(shortened(&text).as_deref(), Some("refused  by  [31mhost a b "));
    }

    #[test]
    fn a_text_that_fails_to_format_keeps_its_beginning() {
        struct Broken;
        impl fmt::Display for Broken {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("half")?;
                Err(fmt::Error)
            }
        }
        assert_eq!(shortened(&Broken).as_deref(), Some("half"));
    }
}
