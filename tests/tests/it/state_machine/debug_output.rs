//! What `Debug` and `Display` print.

use fusebox::{Outcome, State, Threshold};
use fusebox_tests::stage::{breaker, secs};

#[test]
fn a_breaker_prints_its_name_state_and_generation() {
    let (breaker, clock) = breaker(|b| b.threshold(Threshold::failures(1)).cooldown(secs(10)));
    breaker.trip();
    clock.advance(secs(10));
    let printed = format!("{breaker:?}");
    assert!(printed.contains("subject"), "{printed}");
    assert!(printed.contains(&format!("{:?}", State::HalfOpen)), "{printed}");
    assert!(printed.contains("generation: 1"), "{printed}");
}

#[test]
fn a_permit_prints_its_breaker_its_generation_and_whether_it_is_a_trial() {
    let (breaker, clock) = breaker(|b| b.cooldown(secs(10)));
    breaker.trip();
    clock.advance(secs(10));
    let permit = breaker.try_acquire().expect("the trial");
    let printed = format!("{permit:?}");
    assert_eq!(
        printed,
        "Permit { name: \"subject\", generation: 2, is_trial: true }"
    );
}

#[test]
fn outcomes_and_states_print_the_word_of_labels_and_messages() {
    let outcomes = [Outcome::Success, Outcome::Failure, Outcome::Ignored];
    assert_eq!(
        outcomes.map(|outcome| outcome.to_string()),
        ["success", "failure", "ignored"]
    );
    assert_eq!(
        format!("{:>9}|{}", State::HalfOpen, State::Closed),
        "half_open|closed"
    );
}
