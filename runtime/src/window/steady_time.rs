//! The time of a window, which stands still while the clock steps back.

use crate::clock::Timestamp;

/// The last reading that a window may see: one more must fit into 64 bits.
pub(super) const END_OF_TIME: u64 = u64::MAX - 1;

/// The clock's time, made steady: it never goes back, and it advances whenever
/// the clock does.
///
/// | the reading is | the window's time |
/// |---|---|
/// | the newest, or later | advances to it |
/// | earlier, by at most the tolerance | stays: two calls ended together on two threads |
/// | earlier than that | stays, and advances from there: the clock has stepped back |
///
/// Without the last line, all calls would get one and the same time until the clock has caught up,
/// and failures that are hours apart would count together. Emptying the window at a step was tried
/// and given up: a thread that is held up between its reading and the count looks like a step, and
/// would throw away what the others have counted.
///
/// The clock ends after 584 years. There, all readings are equal.
#[derive(Debug, Default)]
pub(super) struct SteadyTime {
    /// Nanoseconds, in the window's time.
    newest: u64,
    /// How far the window's time is ahead of the clock.
    ///
    /// All steps back together.
    ahead: u64,
}

impl SteadyTime {
    /// Advances to a reading, and returns the window's time.
    pub(super) fn advance(&mut self, now: Timestamp, tolerance: u64) -> u64 {
        let time = self.at(now);
        let behind = self.newest.saturating_sub(time);
        if behind > tolerance {
            self.ahead = self.ahead.saturating_add(behind);
        }
        self.newest = self.newest.max(time);
        self.newest
    }

    /// Returns the window's time at a reading, which may lie before the newest.
    pub(super) fn at(&self, now: Timestamp) -> u64 {
        now.nanos().saturating_add(self.ahead).min(END_OF_TIME)
    }

    pub(super) const fn newest(&self) -> u64 {
        self.newest
    }

    pub(super) const fn ahead(&self) -> u64 {
        self.ahead
    }

    /// Forgets where in its bucket the newest reading was.
    pub(super) fn round_down(&mut self, bucket_nanos: u64) {
        self.newest -= self.newest % bucket_nanos;
    }
}

#[cfg(all(test, not(fusebox_loom)))]
mod tests {
    use super::*;

    /// Returns the window's times at these readings, with a tolerance of 10.
    fn times<const N: usize>(readings: [u64; N]) -> [u64; N] {
        let mut time = SteadyTime::default();
        readings.map(|now| time.advance(Timestamp::from_nanos(now), 10))
    }

    #[test]
    fn a_step_back_takes_no_time_and_time_goes_on_after_it() {
        assert_eq!(times([1000, 100, 150, 170]), [1000, 1000, 1050, 1070]);
        assert_eq!(times([1000, 500, 510, 100, 130]), [1000, 1000, 1010, 1010, 1040]);
    }

    #[test]
    fn two_threads_that_overtake_each_other_do_not_move_time() {
        assert_eq!(
            times([1000, 990, 1001, 995, 1002]),
            [1000, 1000, 1001, 1001, 1002]
        );
    }

    #[test]
    fn a_step_forward_is_believed() {
        assert_eq!(times([0, 1_000_000, 1_000_001]), [0, 1_000_000, 1_000_001]);
    }

    #[test]
    fn time_stops_at_its_end() {
        assert_eq!(times([u64::MAX, 0, 5, u64::MAX]), [END_OF_TIME; 4]);
    }
}
