//! Ten diseases of other circuit breakers, one regression test each, all through the public API.
//!
//! The eighth, memory and cost that grow, needs an allocator of its own: it is the test `memory`.

mod a_late_failure_rearms;
mod a_lock_is_held;
mod a_probe_is_lost;
mod a_stale_result_counts;
mod a_window_stands_still;
mod consecutive_is_cumulative;
mod it_never_closes;
mod the_half_open_edge_stampedes;
mod transitions_are_torn;
