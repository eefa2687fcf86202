//! The text of messages and records:
//! `name=value&name=value`, as in the query of a URL.
//!
//! Every language reads and writes this form with its standard library, and a person reads it in
//! `redis-cli`.

use std::borrow::Cow;

use crate::fleet::protocol::limits::LONGEST_MESSAGE;

/// The named values of one message or record.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

/// The reason why a text is not a list of fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FieldsError {
    #[error("longer than {LONGEST_MESSAGE} bytes")]
    TooLong,
    #[error("not UTF-8")]
    NotUtf8,
    #[error("`%` without two hexadecimal digits")]
    BadEscape,
}

impl Fields {
    /// Parses a text.
    /// A part without `=` is ignored; of equal names, the first one counts.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, FieldsError> {
        if text.len() > LONGEST_MESSAGE {
            return Err(FieldsError::TooLong);
        }
        let text = std::str::from_utf8(text).map_err(|_| FieldsError::NotUtf8)?;
        let pairs = text.split('&').filter_map(|part| part.split_once('='));
        pairs
            .map(|(name, value)| Ok((unescape(name)?, unescape(value)?)))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Returns the value of `name`.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns the value of `name`, parsed; `None` also if it cannot be parsed.
    pub(crate) fn parsed<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.text(name)?.parse().ok()
    }
}

fn unescape(text: &str) -> Result<String, FieldsError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next(), rest.next()].map(|digit| hexadecimal(digit?));
                let [Some(high), Some(low)] = digits else {
                    return Err(FieldsError::BadEscape);
                };
                high * 16 + low
            }
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| FieldsError::NotUtf8)
}

fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

/// Writes named values in the given order.
pub(crate) fn encode<'a>(fields: impl IntoIterator<Item = (&'a str, Cow<'a, str>)>) -> String {
    let mut text = String::new();
    for (name, value) in fields {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        escape(&value, &mut text);
    }
    text
}

/// Escapes like the scripts do: letters, digits and `-_.~:/*[],` stay readable.
fn escape(value: &str, text: &mut String) {
    use std::fmt::Write;

    for byte in value.bytes() {
        match byte {
            b' ' => text.push('+'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => text.push(char::from(byte)),
            b'-' | b'_' | b'.' | b'~' | b':' | b'/' | b'*' | b'[' | b']' | b',' => {
                text.push(char::from(byte));
            }
            other => write!(text, "%{other:02X}").expect("a String accepts every write"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_value_survives(value in ".{0,80}") {
            let text = encode([("kind", Cow::from("forced")), ("reason", Cow::from(value.clone()))]);
            prop_assert!(text.is_ascii());
            let fields = Fields::parse(text.as_bytes()).unwrap();
            prop_assert_eq!(fields.text("reason"), Some(value.as_str()));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Fields::parse(&bytes);
        }
    }

    #[test]
    fn the_text_is_what_a_person_would_write() {
        let text = encode([
            ("state", "open".into()),
            ("reason", "provider: 50% down, inventory[eu-1]".into()),
        ]);
        assert_eq!(text, "state=open&reason=provider:+50%25+down,+inventory[eu-1]");
    }

    #[test]
    fn bad_text_is_an_error_and_foreign_parts_are_ignored() {
        assert_eq!(Fields::parse(b"a=%4").unwrap_err(), FieldsError::BadEscape);
        assert_eq!(Fields::parse(b"a=%zz").unwrap_err(), FieldsError::BadEscape);
        assert_eq!(Fields::parse(b"a=%FF").unwrap_err(), FieldsError::NotUtf8);
        assert_eq!(
            Fields::parse(&[b'a'; LONGEST_MESSAGE + 1]).unwrap_err(),
            FieldsError::TooLong
        );
        let fields = Fields::parse(b"noise&state=open&state=closed&ms=x").unwrap();
        assert_eq!(fields.text("state"), Some("open"));
        assert_eq!(fields.parsed::<u64>("ms"), None);
    }
}
