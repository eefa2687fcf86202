//! The hash of a key, in the map of its group.

use std::hash::{BuildHasher, Hasher, RandomState};

/// 2^64 divided by the golden ratio: its multiples are far apart.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Hashes the keys of one group, with a random seed of its own.
///
/// Two words of the key are multiplied, and the halves of the product are combined, as in wyhash.
/// The end is multiplied once more: one multiplication of a number puts a tenth of the keys into
/// one place of 128, for one seed in ten. `SipHash`, the hash of std, takes half of the
/// instructions of a whole look-up.
///
/// Keys may come from an attacker. The seed is random and no hash leaves the process, so the
/// attacker cannot choose keys with equal hashes. If one managed to, the group would still have
/// `max_keys` entries at most.
#[derive(Clone)]
pub(super) struct KeyHashing {
    seed: [u64; 2],
}

/// The hash of one key.
pub(super) struct KeyHasher {
    hash: u64,
    seed: [u64; 2],
}

impl KeyHashing {
    pub(super) fn new() -> Self {
        let random = RandomState::new();
        Self {
            seed: [random.hash_one(0), random.hash_one(1)],
        }
    }
}

impl BuildHasher for KeyHashing {
    type Hasher = KeyHasher;

    #[inline]
    fn build_hasher(&self) -> KeyHasher {
        KeyHasher {
            hash: self.seed[0],
            seed: self.seed,
        }
    }
}

impl KeyHasher {
    /// Adds two words.
    #[inline]
    fn add(&mut self, one: u64, two: u64) {
        self.hash = folded_product(one ^ self.seed[1], two ^ self.hash);
    }
}

impl Hasher for KeyHasher {
    /// Adds the bytes in steps of 16.
    ///
    /// The last step takes the last 16 bytes, of which the step before may have had some.
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some((words, after)) = rest.split_first_chunk::<16>()
            && !after.is_empty()
        {
            self.add(word(words, 0), word(words, 8));
            rest = after;
        }
        if let Some(words) = bytes.last_chunk::<16>() {
            self.add(word(words, 0), word(words, 8));
        } else if let (Some(first), Some(last)) = (rest.first_chunk::<8>(), rest.last_chunk::<8>()) {
            self.add(u64::from_le_bytes(*first), u64::from_le_bytes(*last));
        } else if let (Some(first), Some(last)) = (rest.first_chunk::<4>(), rest.last_chunk::<4>()) {
            self.add(
                u64::from(u32::from_le_bytes(*first)),
                u64::from(u32::from_le_bytes(*last)),
            );
        } else if let (Some(first), Some(last)) = (rest.first(), rest.last()) {
            // Of three bytes, this is the middle one.
            let middle = rest[rest.len() / 2];
            self.add(u64::from(*first), u64::from(*last) << 8 | u64::from(middle));
        }
    }

    /// Adds the length of the key, which comes before its bytes.
    ///
    /// Added as it is, it would only change the bits that the last byte of the key may change too.
    #[inline]
    fn write_usize(&mut self, length: usize) {
        let length = (length as u64).wrapping_mul(SPREAD);
        self.hash = self.hash.wrapping_add(length);
    }

    /// Adds a number, whose two words are all of the key.
    #[inline]
    fn write_i128(&mut self, number: i128) {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the two halves"
        )]
        let halves = (number as u64, (number >> 64) as u64);
        self.add(halves.0, halves.1);
    }

    #[inline]
    fn finish(&self) -> u64 {
        folded_product(self.hash, SPREAD)
    }
}

/// Multiplies, and combines the halves of the product.
#[inline]
fn folded_product(one: u64, two: u64) -> u64 {
    let product = u128::from(one) * u128::from(two);
    #[allow(clippy::cast_possible_truncation, reason = "the two halves")]
    let halves = (product as u64, (product >> 64) as u64);
    halves.0 ^ halves.1
}

/// Reads 8 of the bytes.
#[inline]
fn word(bytes: &[u8; 16], at: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(word)
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, hash::Hash};

    use super::*;
    use crate::registry::keyed::number::Number;

    #[test]
    fn texts_that_differ_in_one_bit_or_in_length_have_different_hashes() {
        let hashing = KeyHashing::new();
        let mut hashes = HashSet::new();
        let mut texts = 0;
        for length in 0..70_usize {
            let text = vec![b'a'; length];
            let flipped = (0..8 * length).map(|bit| {
                let mut text = text.clone();
                text[bit / 8] ^= 1 << (bit % 8);
                text
            });
            for text in flipped.chain([text.clone()]) {
                hashes.insert(hashing.hash_one(&text[..]));
                texts += 1;
            }
        }
        assert_eq!(hashes.len(), texts);
    }

    /// Checks that the hashes of these keys are spread, for a hundred seeds.
    fn are_spread<K: Hash>(key: impl Fn(i64) -> K) {
        let keys: Vec<K> = (-6_400..6_400).map(key).collect();
        for _ in 0..100 {
            let hashing = KeyHashing::new();
            // The map takes its part from the 7 bits below the highest 7, and the place in it from
            // the lowest ones.
            for shift in [0, 50, 57] {
                let mut counts = [0_u32; 128];
                for key in &keys {
                    let hash = hashing.hash_one(key);
                    counts[usize::try_from(hash >> shift & 127).expect("7 bits")] += 1;
                }
                let (least, most) = (counts.iter().min(), counts.iter().max());
                assert!(
                    least >= Some(&40) && most <= Some(&170),
                    "{least:?} to {most:?}, {shift}"
                );
            }
        }
    }

    #[test]
    fn similar_texts_are_spread_over_all_places() {
        let bytes = |text: String| text.into_bytes();
        are_spread(|key| bytes(format!("host-{key:06}.example.com")));
        are_spread(|key| bytes(format!("tenant-abc-{key:06}")));
        are_spread(|key| bytes(format!("shard-{key}")));
        are_spread(|key| bytes(format!("{key:06}x")));
    }

    #[test]
    fn numbers_are_spread_over_all_places() {
        for step in [1, 1 << 20, 1 << 40] {
            are_spread(|key| Number(i128::from(key * step)));
        }
    }

    #[test]
    fn each_group_has_a_seed_of_its_own() {
        assert_ne!(KeyHashing::new().seed, KeyHashing::new().seed);
    }
}
