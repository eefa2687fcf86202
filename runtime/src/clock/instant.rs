//! An `Instant` in nanoseconds.

use std::{
    hash::{Hash, Hasher},
    time::{Duration, Instant},
};

use crate::{
    clock::timestamp::nanos,
    sync::{OnceLock, UnmodelledU64},
};

/// 2^34 seconds, which is 544 years, fit 64 bits in nanoseconds.
const SECS_BITS: u32 = 34;

/// The reading of the anchor of [`Reading::Distance`]: 272 years.
///
/// A paused clock may show an earlier time than the system's.
const ANCHOR_NANOS: u64 = 1_000_000_000 << (SECS_BITS - 1);

/// How instants become nanoseconds, decided by the first one.
static READING: OnceLock<Reading> = OnceLock::new();

/// 1 as soon as [`READING`] is [`Reading::Parts`].
///
/// A reading of the clock tests it in two instructions. An `OnceLock` with its value takes seven.
static IS_BY_PARTS: UnmodelledU64 = UnmodelledU64::new(0);

/// A way to turn an instant into nanoseconds.
///
/// std can only subtract two instants, in a function that is not inlined: 72 of the 181
/// instructions of a rejection. An `Instant` consists of seconds and nanoseconds, and its `Hash`
/// passes both on, inlined. std does not promise that, so the first reading checks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// By the parts that its `Hash` passes on.
    Parts,
    /// By its distance from this instant, because `Hash` passes something else.
    Distance(Instant),
}

/// Returns the nanoseconds of an instant. Only differences have a meaning.
#[inline]
pub(super) fn nanos_of(instant: Instant) -> u64 {
    if IS_BY_PARTS.load() == 0 {
        return nanos_of_any(instant);
    }
    Parts::of(instant).nanos()
}

#[cold]
fn nanos_of_any(instant: Instant) -> u64 {
    match READING.get_or_init(|| Reading::beginning_with(instant)) {
        Reading::Parts => {
            IS_BY_PARTS.store(1);
            Parts::of(instant).nanos()
        }
        Reading::Distance(anchor) => distance(*anchor, instant),
    }
}

impl Reading {
    fn beginning_with(first: Instant) -> Self {
        if parts_are_exact(first) {
            Self::Parts
        } else {
            Self::Distance(first)
        }
    }
}

/// Returns whether the parts of instants differ like the instants.
fn parts_are_exact(first: Instant) -> bool {
    const DISTANCES: [Duration; 4] = [
        Duration::from_nanos(1),
        Duration::from_nanos(999_999_999),
        Duration::from_secs(1),
        Duration::new(3_000_000_000, 123_456_789),
    ];
    DISTANCES.into_iter().all(|distance| {
        let later = first.checked_add(distance).map(|later| Parts::of(later).nanos());
        later == Parts::of(first).nanos().checked_add(nanos(distance))
    })
}

fn distance(anchor: Instant, instant: Instant) -> u64 {
    match instant.checked_duration_since(anchor) {
        Some(later) => ANCHOR_NANOS.saturating_add(nanos(later)),
        None => ANCHOR_NANOS.saturating_sub(nanos(anchor.duration_since(instant))),
    }
}

/// A hasher that keeps what the `Hash` of an `Instant` passes on.
#[derive(Default)]
struct Parts {
    secs: i64,
    subsec_nanos: u32,
}

impl Parts {
    #[inline]
    fn of(instant: Instant) -> Self {
        let mut parts = Self::default();
        instant.hash(&mut parts);
        parts
    }

    /// Returns the nanoseconds since the zero of the system's clock, which is about
    /// its start.
    ///
    /// A rejection by Open waits for this result alone. So the test of the range is a branch, which
    /// the processor predicts, and not a saturation of the product and of the sum.
    #[inline]
    fn nanos(&self) -> u64 {
        let secs = self.secs.cast_unsigned();
        if secs >> SECS_BITS != 0 {
            return self.nearest();
        }
        secs * 1_000_000_000 + u64::from(self.subsec_nanos)
    }

    /// Returns the end of the range that this instant lies beyond.
    #[cold]
    const fn nearest(&self) -> u64 {
        if self.secs < 0 { 0 } else { u64::MAX }
    }
}

impl Hasher for Parts {
    #[inline]
    fn write_i64(&mut self, secs: i64) {
        self.secs = secs;
    }

    /// Takes the seconds of a platform on which they have no sign.
    #[inline]
    fn write_u64(&mut self, secs: u64) {
        self.secs = secs.cast_signed();
    }

    #[inline]
    fn write_u32(&mut self, nanos: u32) {
        self.subsec_nanos = nanos;
    }

    /// Ignores everything else.
    ///
    /// If an `Instant` had another part, the distances that the first reading checks would differ.
    fn write(&mut self, _: &[u8]) {}

    fn finish(&self) -> u64 {
        self.nanos()
    }
}

#[cfg(all(test, not(fusebox_loom)))]
mod tests {
    use super::*;

    const AN_HOUR: Duration = Duration::from_nanos(3_600_000_000_123);

    #[test]
    fn this_std_passes_both_parts() {
        // If this fails, all readings are still right. They are as slow as std's subtraction.
        assert_eq!(Reading::beginning_with(Instant::now()), Reading::Parts);
    }

    #[test]
    fn instants_out_of_range_keep_their_order() {
        let last = (1 << SECS_BITS) - 1;
        let nanos = [i64::MIN, -1, 0, last, last + 1, i64::MAX].map(|secs| {
            Parts {
                secs,
                subsec_nanos: 999_999_999,
            }
            .nanos()
        });
        assert_eq!(
            nanos,
            [0, 0, 999_999_999, 17_179_869_183_999_999_999, u64::MAX, u64::MAX]
        );
    }

    #[test]
    fn both_readings_measure_the_same_distances() {
        let earlier = Instant::now();
        let anchor = earlier + AN_HOUR;
        for instant in [earlier, anchor, anchor + AN_HOUR] {
            let parts = Parts::of(instant).nanos().wrapping_sub(Parts::of(anchor).nanos());
            let distance = distance(anchor, instant).wrapping_sub(distance(anchor, anchor));
            assert_eq!(distance, parts);
        }
    }
}
