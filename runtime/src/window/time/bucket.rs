//! The numbers of buckets of time: a time divided by the length of a bucket.

use crate::window::steady_time::END_OF_TIME;

/// The number of buckets that a window is cut into, if it is long enough.
pub(super) const BUCKETS: u64 = 10;

/// The number of cells: one for each bucket.
pub(super) const CELLS: usize = 10;

const _: () = assert!(CELLS as u64 == BUCKETS);
// One bucket more than the last one must have a number.
const _: () = assert!(END_OF_TIME < u64::MAX);

/// Returns the cell of a bucket.
#[allow(clippy::cast_possible_truncation, reason = "the remainder is below BUCKETS")]
pub(super) const fn cell_of(bucket: u64) -> usize {
    (bucket % BUCKETS) as usize
}
