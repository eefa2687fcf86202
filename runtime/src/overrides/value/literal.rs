//! A value as it is written.

use toml::de::DeValue;

/// A value as it is written in a file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::overrides) enum Literal<'a> {
    Text(&'a str),
    /// A whole number; `None` if it does not fit into 128 bits.
    Whole(Option<i128>),
    Fraction(f64),
    Switch(bool),
    /// A date, an array or a table.
    Other,
}

impl<'a> Literal<'a> {
    pub(in crate::overrides) fn of(value: &'a DeValue<'_>) -> Self {
        match value {
            DeValue::String(text) => Self::Text(text),
            DeValue::Integer(number) => {
                Self::Whole(i128::from_str_radix(number.as_str(), number.radix()).ok())
            }
            DeValue::Float(number) => Self::Fraction(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(is_on) => Self::Switch(*is_on),
            _ => Self::Other,
        }
    }

    /// Returns the number that a text is.
    pub(super) fn number(text: &str) -> Option<Self> {
        if text.ends_with('%') {
            return Some(Self::Text("%"));
        }
        let whole = text.parse().map(|number| Self::Whole(Some(number)));
        whole.ok().or_else(|| {
            text.parse()
                .ok()
                .filter(|number: &f64| number.is_finite())
                .map(Self::Fraction)
        })
    }
}
