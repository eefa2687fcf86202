//! The sizes that the documentation promises.

use crate::window::{failure_log::FailureLog, time::TimeWindow};

#[test]
fn a_window_takes_no_more_than_documented() {
    assert!(size_of::<FailureLog>() <= 72, "{}", size_of::<FailureLog>());
    assert!(size_of::<TimeWindow>() <= 352, "{}", size_of::<TimeWindow>());
}
