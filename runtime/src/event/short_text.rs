//! Short texts: what user code displays, in bounded memory.

use std::{
    cell::Cell,
    fmt::{self, Write},
    sync::Arc,
};

use crate::sync::const_thread_local;

/// How many characters of a text are kept.
pub(crate) const MAX_CHARS: usize = 200;
/// A character has at most four bytes.
const MAX_BYTES: usize = 4 * MAX_CHARS;

const_thread_local! {
    /// The memory of the next short text of this thread.
    static BUFFER: Cell<String> = Cell::new(String::new());
}

/// Shortens what `text` displays, see [`ShortText`]; `None` if it displays
/// nothing.
pub(crate) fn shortened(text: &dyn fmt::Display) -> Option<Arc<str>> {
    let mut short = ShortText::new();
    short.display(text);
    (!short.is_empty()).then(|| short.as_str().into())
}

/// The first [`MAX_CHARS`] characters of what a value displays. A longer text
/// ends in `…`.
///
/// It is one line for a log or a terminal: each character that would start a line, control a
/// terminal or reorder what follows becomes a blank.
///
/// The thread keeps its memory for the next one, so only the first one allocates. A text that is
/// made while another one is, by the code that displays it, has memory of its own.
pub(crate) struct ShortText {
    text: String,
    /// How many characters fit still.
    free: usize,
}

impl ShortText {
    pub(crate) fn new() -> Self {
        // Empty while the thread ends: a destructor may trip a breaker too.
        let mut text = BUFFER.try_with(Cell::take).unwrap_or_default();
        if text.capacity() < MAX_BYTES {
            text.reserve_exact(MAX_BYTES);
        }
        text.clear();
        Self {
            text,
            free: MAX_CHARS,
        }
    }

    /// Appends what `text` displays.
    ///
    /// A huge text is not formatted to its end. A text that fails to format keeps what it wrote
    /// before that.
    pub(crate) fn display(&mut self, text: &dyn fmt::Display) {
        // An error means that the text is full, or that `text` gave up. Both keep what is there.
        let _ = write!(self, "{text}");
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Write for ShortText {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        // Without an exit at the first other byte, many bytes are compared at once.
        let is_plain = |plain, byte| plain & matches!(byte, b' '..=b'~');
        if part.len() <= self.free && part.bytes().fold(true, is_plain) {
            self.text.push_str(part);
            self.free -= part.len();
            return Ok(());
        }
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

impl Drop for ShortText {
    fn drop(&mut self) {
        let text = std::mem::take(&mut self.text);
        // An error means that the thread ends.
        let _ = BUFFER.try_with(|buffer| buffer.set(text));
    }
}

/// Returns whether a reader of a line must not get this character: a control
/// character, a separator of lines, or a control of the direction of writing.
fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
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
    fn a_text_in_parts_is_cut_at_its_last_character() {
        struct Parts;
        impl fmt::Display for Parts {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&"a".repeat(MAX_CHARS - 1))?;
                f.write_str("b")?;
                f.write_str("cde")
            }
        }
        let cut = "a".repeat(MAX_CHARS - 1) + "…";
        assert_eq!(shortened(&Parts).as_deref(), Some(&*cut));
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
