//! Models of keyed breakers that are evicted while other threads use them.
//!
//! Not covered: the concurrent map, and the order that the last drop of a std `Arc` makes; loom
//! sees neither. So each thread keeps its handles until the other one has ended.

use loom::thread;

use crate::loom_tests::stage::{StillClock, search};
use crate::{CircuitBreaker, KeyedBreakers, Registry};

/// A group for one key.
fn hosts() -> KeyedBreakers {
    let registry = Registry::builder().clock(StillClock::at_start()).build();
    registry.keyed("hosts").max_keys(1).build().expect("legal")
}

fn succeed(breaker: &CircuitBreaker) {
    breaker.try_acquire().expect("closed").success();
}

fn is_in(hosts: &KeyedBreakers, breaker: &CircuitBreaker) -> bool {
    hosts
        .iter()
        .any(|other| std::ptr::eq(other.engine(), breaker.engine()))
}

#[test]
fn a_new_key_while_a_call_is_in_flight() {
    search(|| {
        let hosts = hosts();
        let busy = hosts.get("busy");
        let permit = busy.try_acquire_owned().expect("closed");
        let others = hosts.clone();
        let newcomer = thread::spawn(move || {
            let new = others.get("new");
            succeed(&new);
            new
        });
        assert!(is_in(&hosts, &busy), "the call is in flight");
        permit.success();
        let new = newcomer.join().expect("no panic");
        match new.key() {
            Some("*") => assert!(is_in(&hosts, &busy), "it came before the end"),
            key => assert_eq!((key, is_in(&hosts, &busy)), (Some("new"), false)),
        }
        assert_eq!(hosts.snapshot().totals.successes, 2);
    });
}

#[test]
fn a_new_key_while_another_thread_looks_up_the_breaker_that_is_evicted() {
    search(|| {
        let hosts = hosts();
        hosts.get("old");
        let others = hosts.clone();
        let newcomer = thread::spawn(move || {
            let new = others.get("new");
            succeed(&new);
            new
        });
        let old = hosts.get("old");
        succeed(&old);
        let new = newcomer.join().expect("no panic");
        let snapshot = hosts.snapshot();
        assert_eq!(
            (snapshot.keys, snapshot.totals.successes),
            (1, 2),
            "no call is lost"
        );
        drop((old, new));
        assert_eq!(
            hosts.snapshot().totals.successes,
            2,
            "nor when its breaker is dropped"
        );
    });
}

#[test]
fn the_last_permit_of_an_evicted_breaker() {
    search(|| {
        let hosts = hosts();
        let old = hosts.get("old");
        hosts.get("new");
        let permit = old.try_acquire_owned().expect("closed");
        drop(old);
        let ending = thread::spawn(move || permit.success());
        succeed(&hosts.get("newer"));
        ending.join().expect("no panic");
        assert_eq!(
            hosts.snapshot().totals.successes,
            2,
            "counted once, exact when quiet"
        );
    });
}
