//! The messages of refusals.

use std::{io, time::Duration};

use super::{Rejected, TimedOut, rounded::Rounded};
use crate::state::State;

#[test]
fn a_rejection_names_breaker_state_and_wait() {
    let open = Rejected::new("payments", State::Open, Some(Duration::from_secs(12)));
    assert_eq!(
        open.to_string(),
        "circuit breaker `payments` is open, retry in 12s"
    );
    let forced = Rejected::new("payments", State::ForcedOpen, None);
    assert_eq!(forced.to_string(), "circuit breaker `payments` is forced open");
}

#[test]
fn a_wait_is_rounded_up() {
    for (nanos, text) in [
        (1, "1µs"),
        (1_000_001, "2ms"),
        (1_000_000_001, "1.1s"),
        (12_000_000_001, "13s"),
        (999_999_999, "1s"),
    ] {
        assert_eq!(Rounded(Duration::from_nanos(nanos)).to_string(), text);
    }
}

#[test]
fn both_convert_into_io_errors() {
    let error = io::Error::from(TimedOut::new("payments", Duration::from_secs(1)));
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    assert_eq!(
        error.to_string(),
        "call through circuit breaker `payments` timed out after 1s"
    );
    let error = io::Error::from(Rejected::new("payments", State::Open, None));
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
}
