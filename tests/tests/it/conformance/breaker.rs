//! The breaker does what other breakers did, through its public API.

use fusebox_tests::real::Real;
use fusebox_tests::recorded::{Cut, consecutive, replay, resilience4j};

#[test]
fn the_breaker_does_what_resilience4j_did() {
    let tally = replay::<Real>(&resilience4j());
    println!("resilience4j: {tally}");
    assert!(tally.differences.is_empty(), "{tally}");
    assert!(tally.to_the_end >= 175, "{tally}");
    assert_eq!(
        tally.to_the_end + tally.cut.values().sum::<usize>(),
        273,
        "a scenario was skipped: {tally}"
    );
    assert_eq!(tally.steps.1, 45_138, "{tally}");
    let expected = [
        (Cut::AnyFailedTrial, 77),
        (Cut::ExtraTrial, 7),
        (Cut::MaxWait, 6),
        (Cut::ForcedHalfOpen, 2),
        (Cut::MetricsPastThreshold, 6),
    ];
    assert_eq!(tally.cut, expected.into(), "{tally}");
}

#[test]
fn the_breaker_does_what_gobreaker_and_pybreaker_did() {
    let tally = replay::<Real>(&consecutive());
    println!("gobreaker and PyBreaker: {tally}");
    assert!(tally.differences.is_empty(), "{tally}");
    assert_eq!(tally.to_the_end, 92, "{tally}");
    assert_eq!(tally.steps, (12_850, 12_850), "{tally}");
}
