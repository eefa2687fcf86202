//! The test for stale calls of a window, across the wrap of generations.

use crate::state::GENERATION_BITS;

/// The generation of a window that has not counted a call yet.
pub(super) const NO_GENERATION: u64 = u64::MAX;

/// A call that is at most this many generations behind is stale.
///
/// Every other generation is newer.
///
/// The engine compares the generation of a call with the state just before the call reaches its
/// window, so a stale call is behind by the few changes that happened in between. A newer call may
/// be ahead by any number, because a window without calls stays where it is. That is why the
/// limit is small, and not half of all generations.
const FARTHEST_STALE: u64 = 1 << 32;

/// Returns whether a call of `generation` is stale for a window that holds
/// `held`.
///
/// After generation 2^39 − 1 comes generation 0, so `<` would be wrong once for each wrap.
pub(super) const fn is_stale(generation: u64, held: u64) -> bool {
    let behind = held.wrapping_sub(generation) & ((1 << GENERATION_BITS) - 1);
    held != NO_GENERATION && behind != 0 && behind <= FARTHEST_STALE
}

#[cfg(all(test, not(fusebox_loom)))]
mod tests {
    use super::*;

    const LAST: u64 = (1 << GENERATION_BITS) - 1;

    #[test]
    fn the_generation_before_is_stale_and_the_one_after_is_not() {
        for (earlier, later) in [(0, 1), (LAST - 1, LAST), (LAST, 0), (LAST - 5, 5)] {
            assert!(is_stale(earlier, later), "{earlier} before {later}");
            assert!(!is_stale(later, earlier), "{later} after {earlier}");
        }
        assert!(!is_stale(7, 7));
        for first in [0, 1, LAST - 1, LAST] {
            assert!(!is_stale(first, NO_GENERATION));
        }
    }

    #[test]
    fn a_window_that_was_idle_for_most_of_a_wrap_takes_the_next_call() {
        assert!(!is_stale(LAST / 2 + 2, 0));
        assert!(!is_stale(LAST - FARTHEST_STALE, 0));
        assert!(is_stale(LAST - FARTHEST_STALE + 1, 0));
    }
}
