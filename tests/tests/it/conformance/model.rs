//! The model does what other breakers did.
//! This finds an error in our reading of the rules, which breaker and model could share.

use fusebox_tests::model::Breaker;
use fusebox_tests::recorded::{consecutive, replay, resilience4j};

#[test]
fn the_model_does_what_resilience4j_did() {
    let tally = replay::<Breaker>(&resilience4j());
    println!("resilience4j against the model: {tally}");
    assert!(tally.differences.is_empty(), "{tally}");
}

#[test]
fn the_model_does_what_gobreaker_and_pybreaker_did() {
    let tally = replay::<Breaker>(&consecutive());
    println!("consecutive against the model: {tally}");
    assert!(tally.differences.is_empty(), "{tally}");
    assert_eq!(tally.to_the_end, 92, "{tally}");
}
