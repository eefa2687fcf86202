//! At the end of a cooldown, exactly `trial_calls` calls are admitted.
//! However many callers and threads there are.
//!
//! This excludes a design in which HalfOpen admits every caller. There, a service that has just
//! come up gets all of them at once: three Rust crates admitted 1,000 of 1,000.

use std::sync::{Arc, Barrier};
use std::thread;

use fusebox::{CircuitBreaker, OwnedPermit, State, Threshold};
use fusebox_tests::by_hand::{hang, poll};
use fusebox_tests::stage::{at_the_edge, breaker, secs};

const CALLERS: usize = 1_000;

#[test]
fn of_a_thousand_futures_exactly_the_trials_run() {
    for trial_calls in [1, 3, 100] {
        let (breaker, _clock) = at_the_edge(trial_calls);
        let mut calls: Vec<_> = (0..CALLERS)
            .map(|_| Box::pin(breaker.call(hang::<Result<(), ()>>())))
            .collect();
        let admitted = calls
            .iter_mut()
            .filter_map(|call| poll(call).is_pending().then_some(()))
            .count();
        assert_eq!(admitted, trial_calls as usize);
        assert_eq!(breaker.snapshot().totals.rejected, (CALLERS - admitted) as u64);
    }
}

#[test]
fn of_many_threads_exactly_the_trials_are_admitted() {
    const THREADS: usize = 8;
    const ROUNDS: usize = 100;
    let (breaker, clock) = breaker(|b| {
        b.threshold(Threshold::failures(1))
            .cooldown(secs(10))
            .trial_calls(3)
    });
    for _ in 0..ROUNDS {
        breaker.trip();
        clock.advance(secs(10));
        let barrier = Arc::new(Barrier::new(THREADS));
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                let (breaker, barrier) = (breaker.clone(), Arc::clone(&barrier));
                thread::spawn(move || ask(&breaker, &barrier, CALLERS / THREADS))
            })
            .collect();
        let permits: Vec<_> = threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("no panic"))
            .collect();
        assert_eq!(permits.len(), 3);
        assert!(permits.iter().all(OwnedPermit::is_trial));
        permits.into_iter().for_each(OwnedPermit::success);
        assert_eq!(breaker.state(), State::Closed);
    }
    assert_eq!(
        breaker.snapshot().totals.rejected,
        (ROUNDS * (CALLERS - 3)) as u64
    );
}

fn ask(breaker: &CircuitBreaker, barrier: &Barrier, times: usize) -> Vec<OwnedPermit> {
    barrier.wait();
    (0..times)
        .filter_map(|_| breaker.try_acquire_owned().ok())
        .collect()
}

#[test]
fn beside_hung_trials_exactly_one_extra_trial_is_admitted_per_cooldown() {
    let (breaker, clock) = at_the_edge(2);
    let mut hung: Vec<_> = (0..2).map(|_| breaker.try_acquire().expect("a slot")).collect();
    for _ in 0..20 {
        clock.advance(secs(10));
        let mut admitted: Vec<_> = (0..CALLERS).filter_map(|_| breaker.try_acquire().ok()).collect();
        assert_eq!(admitted.len(), 1);
        hung.append(&mut admitted);
    }
    assert_eq!(hung.len(), 22);
}
