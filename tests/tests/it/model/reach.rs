//! The random lives reach every rule.
//! Without this, a strategy that never trips would prove nothing.

use std::collections::BTreeMap;

use fusebox_tests::model::{Breaker, Settings, State, Story, Why};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::action::life;
use super::drive::{Pair, live};
use super::settings::{Kind, plan};

/// Lives of each kind; the ordinary run has several times as many.
const LIVES: usize = 500;

/// How often something happened.
type Seen = BTreeMap<&'static str, u64>;

#[test]
fn random_lives_meet_every_rule() {
    for kind in Kind::ALL {
        let mut runner = TestRunner::deterministic();
        let mut seen = Seen::new();
        for _ in 0..LIVES {
            let (plan, life) = (plan(kind), life())
                .new_tree(&mut runner)
                .expect("a value")
                .current();
            let pair = live::<Breaker>(&plan, 1_000, &life).expect("the model is equal to itself");
            watch(&mut seen, &plan.settings, &pair);
        }
        println!("{kind:?}: {seen:?}");
        for (what, times) in &seen {
            assert!(*times >= 20, "{kind:?}: {what} only {times} times");
        }
    }
}

fn watch(seen: &mut Seen, settings: &Settings, pair: &Pair<Breaker>) {
    let totals = pair.model.totals();
    let mut add = |what, times| *seen.entry(what).or_default() += times;
    add("ignored", totals.ignored);
    add("cancelled", totals.cancelled);
    add("late", totals.late);
    add("rejected", totals.rejected);
    add("slow", totals.slow);
    add("panicked", totals.panicked);
    add("extra trial", pair.admitted.1 as u64);
    add("nested", pair.nested as u64);
    for story in &pair.events {
        match *story {
            Story::WouldTrip { .. } => add("would trip", 1),
            Story::Changed {
                from: State::Closed,
                to: State::Open,
                ..
            } => add("trip", 1),
            Story::Changed {
                from: State::HalfOpen,
                to: State::Closed,
                ..
            } => add("close", 1),
            Story::Changed {
                from: State::HalfOpen,
                to: State::Open,
                cooldown,
                why,
                ..
            } => {
                add("reopening", 1);
                add(
                    "abandoned trials",
                    u64::from(matches!(why, Why::TrialsAbandoned(_))),
                );
                add("doubled cooldown", u64::from(cooldown > Some(settings.cooldown)));
            }
            Story::Changed {
                to: State::ForcedOpen,
                ..
            } => add("forced open", 1),
            Story::Changed {
                from: State::ForcedOpen | State::ForcedClosed,
                ..
            } => add("release", 1),
            Story::Changed { .. } => {}
        }
    }
}

proptest! {
    #[test]
    fn the_model_keeps_what_it_promises(
        (kind, life) in (prop::sample::select(Kind::ALL.to_vec()), life())
            .prop_flat_map(|(kind, life)| (plan(kind), Just(life)))
    ) {
        let pair = live::<Breaker>(&kind, 1_000, &life).expect("the model is equal to itself");
        prop_assert_eq!(pair.model.totals().calls(), pair.ended);
        let mut state = State::Closed;
        let mut last_generation = 0;
        for story in &pair.events {
            let Story::Changed { generation, from, to, .. } = *story else { continue };
            prop_assert!(generation > last_generation);
            prop_assert_eq!(from, state);
            prop_assert!(is_legal(from, to), "{:?} to {:?}", from, to);
            (state, last_generation) = (to, generation);
        }
    }
}

/// Whether a transition is legal, by the rules or by an operator.
fn is_legal(from: State, to: State) -> bool {
    use State::{Closed, ForcedClosed, ForcedOpen, HalfOpen, Open};
    match (from, to) {
        (Closed, HalfOpen) => false,
        (Closed | Open | HalfOpen | ForcedOpen | ForcedClosed, _) => from != to,
    }
}
