//! A whole number as a key, without its text.

use std::fmt;

/// The length of `u64::MAX`, and of `i64::MIN` with its sign.
const LONGEST_TEXT: usize = 20;

/// A whole number of at most 64 bits, signed or not.
///
/// `get(7)` and `get("7")` are one key. So a text that is a whole number becomes that number.
/// Formatting each number as text would take as long as the look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Number(pub(super) i128);

impl Number {
    /// Returns whether this may be the text of a number.
    ///
    /// The length, the first and the last character are enough for nearly every text that is not.
    #[inline]
    pub(super) fn may_have(text: &[u8]) -> bool {
        // One comparison: between `-` and `9` are the digits, `.` and `/`.
        let [b'-'..=b'9', ..] = text else {
            return false;
        };
        text.len() <= LONGEST_TEXT && text.last().is_some_and(u8::is_ascii_digit)
    }

    /// Returns the number that `Display` writes as this text.
    pub(super) fn of_text(text: &[u8]) -> Option<Self> {
        let (is_negative, digits) = text.strip_prefix(b"-").map_or((false, text), |rest| (true, rest));
        // `007`, `-0` and `-` are texts.
        if matches!(digits, [] | [b'0', _, ..]) || is_negative && digits == b"0" {
            return None;
        }
        let magnitude = digits.iter().try_fold(0_u64, |number, byte| {
            let digit = byte.wrapping_sub(b'0');
            let shifted = number.checked_mul(10).filter(|_| digit <= 9)?;
            shifted.checked_add(digit.into())
        })?;
        if is_negative {
            0_i64
                .checked_sub_unsigned(magnitude)
                .map(|number| Self(number.into()))
        } else {
            Some(Self(magnitude.into()))
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_number_is_the_same_key_as_the_number() {
        let near = |number: i128| (number - 11..=number + 11).chain([-number]);
        let powers = (0..64).map(|power| 1_i128 << power);
        let powers = powers.chain((0..20).map(|power| 10_i128.pow(power)));
        for number in powers.flat_map(near).flat_map(|number| [number, -number]) {
            let text = number.to_string();
            let has_64_bits = i64::try_from(number).is_ok() || u64::try_from(number).is_ok();
            let key = has_64_bits.then_some(Number(number));
            assert_eq!(Number::of_text(text.as_bytes()), key, "{text}");
            assert!(key.is_none() || Number::may_have(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_text_that_no_number_has_is_not_a_number() {
        for text in [
            "",
            "-",
            "--1",
            "-0",
            "00",
            "007",
            "-01",
            "+1",
            "1.0",
            "10.0.0.1",
            " 1",
            "1 ",
            "a1",
            "1_000",
            "٣",
            "18446744073709551616",
            "-9223372036854775809",
            "111111111111111111111111111111",
        ] {
            assert_eq!(Number::of_text(text.as_bytes()), None, "{text:?}");
        }
    }
}
