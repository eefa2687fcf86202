//! Texts from outside, in bounded memory.

use std::{
    fmt::{self, Write},
    sync::Arc,
};

/// How many characters of a text are kept.
pub(crate) const MAX_CHARS: usize = 200;

/// The first [`MAX_CHARS`] characters of what `text` displays. A longer text
/// ends in `…`.
///
/// A text that fails to format keeps what it wrote before that.
pub(crate) fn shortened(text: &dyn fmt::Display) -> Arc<str> {
    let mut short = Shortened {
        text: String::new(),
        free: MAX_CHARS,
    };
    // An error means that the text is full, or that `text` gave up. Both keep what is there.
    let _ = write!(short, "{text}");
    short.text.into()
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
            self.text.push(character);
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
        assert_eq!(*shortened(&text), *text);
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
        let text = shortened(&endless);
        assert_eq!(text.chars().count(), MAX_CHARS);
        assert!(text.starts_with("word word ") && text.ends_with('…'), "{text}");
        assert_eq!(endless.0.get(), MAX_CHARS / 5 + 1);
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
        assert_eq!(*shortened(&Broken), *"half");
    }
}
