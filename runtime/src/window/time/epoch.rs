//! The epoch of the buckets: the calls of one generation since its last clear.

use crate::state::GENERATION_BITS;
use crate::window::generation::is_stale;

const CLEARS_BITS: u32 = 64 - GENERATION_BITS;
const CLEARS_MASK: u64 = (1 << CLEARS_BITS) - 1;

/// A generation, and a count of how often the window was cleared within it.
///
/// ```text
/// 63             25 24            0
/// [ generation:39 ][ clears:25    ]   clears: 1 at first
/// ```
///
/// One word, so that one comparison shows whether a thread's buckets hold the window's calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Epoch(pub(super) u64);

impl Epoch {
    /// Before the first call.
    pub(super) const NONE: Self = Self(0);

    pub(super) const fn first(generation: u64) -> Self {
        Self(generation << CLEARS_BITS | 1)
    }

    /// Returns the epoch after one more clear of the same generation. After 2^25 −
    /// 1 clears it starts again at 1.
    pub(super) const fn cleared(self) -> Self {
        match self.0 & CLEARS_MASK {
            0 => self,
            CLEARS_MASK => Self(self.0 & !CLEARS_MASK | 1),
            _ => Self(self.0 + 1),
        }
    }

    /// No epoch of any window, not even before its first call.
    pub(super) const NEVER: Self = Self(!CLEARS_MASK);

    /// Returns whether this epoch is of the generation. The caller has
    /// excluded `NONE`.
    ///
    /// That holds for a thread that is exempt or has calls in its buckets.
    #[inline]
    pub(super) const fn has_generation(self, generation: u64) -> bool {
        self.0 >> CLEARS_BITS == generation
    }

    /// Returns whether the buckets hold calls of this generation.
    pub(super) const fn is_of(self, generation: u64) -> bool {
        self.0 != Self::NONE.0 && self.has_generation(generation)
    }

    /// Returns whether a call of this generation comes too late.
    pub(super) const fn is_over(self, generation: u64) -> bool {
        self.0 != Self::NONE.0 && is_stale(generation, self.0 >> CLEARS_BITS)
    }
}

#[cfg(all(test, not(fusebox_loom)))]
mod tests {
    use super::*;

    const LAST: u64 = (1 << GENERATION_BITS) - 1;

    #[test]
    fn an_epoch_is_of_one_generation_however_often_it_is_cleared() {
        for generation in [0, 1, LAST] {
            let first = Epoch::first(generation);
            assert!(first.is_of(generation) && first.cleared().is_of(generation));
            assert_ne!(first, first.cleared());
            let last = Epoch(first.0 | CLEARS_MASK);
            assert_eq!(last.cleared(), first, "never the epoch of another generation");
        }
    }

    #[test]
    fn before_the_first_call_there_is_no_epoch_of_any_generation() {
        assert_eq!(Epoch::NONE.cleared(), Epoch::NONE);
        for generation in [0, 1, LAST] {
            assert!(!Epoch::NONE.is_of(generation));
            assert!(!Epoch::NONE.is_over(generation));
        }
    }

    #[test]
    fn a_generation_is_over_when_the_next_one_has_begun() {
        assert!(Epoch::first(8).is_over(7));
        assert!(Epoch::first(0).is_over(LAST));
        assert!(!Epoch::first(LAST).is_over(0));
    }
}
