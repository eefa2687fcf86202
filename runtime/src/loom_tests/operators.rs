//! Models of an operator's hand.
//!
//! Overrides and resets against what the breaker does by itself.
//!
//! Not covered: two operators with a third thread that calls.

use loom::thread;

use crate::loom_tests::stage::{Stage, search};
use crate::{Settings, State, Threshold};

const ONE: Settings = Settings::DEFAULT.with_threshold(Threshold::failures(1));

#[test]
fn force_open_against_a_trip() {
    search(|| {
        let stage = Stage::new(ONE);
        let failing = stage.breaker.try_acquire_owned().expect("closed");
        let breaker = stage.breaker.clone();
        let forcing = thread::spawn(move || breaker.force_open());
        failing.failure();
        forcing.join().expect("no panic");
        assert_eq!(stage.breaker.state(), State::ForcedOpen);
        let tripped = stage.breaker.snapshot().totals.failures == 1;
        stage.breaker.release_override();
        let (under, path) = if tripped {
            (
                State::Open,
                vec![State::Closed, State::Open, State::ForcedOpen, State::Open],
            )
        } else {
            (
                State::Closed,
                vec![State::Closed, State::ForcedOpen, State::Closed],
            )
        };
        // A failure that was counted just before the override took hold may be late for the trip:
        // then nothing is underneath.
        if stage.breaker.state() == under {
            assert_eq!(stage.path(), path);
        } else {
            assert_eq!(stage.path(), [State::Closed, State::ForcedOpen, State::Closed]);
        }
    });
}

#[test]
fn force_closed_against_a_trip() {
    search(|| {
        let stage = Stage::new(ONE);
        let failing = stage.breaker.try_acquire_owned().expect("closed");
        let breaker = stage.breaker.clone();
        let forcing = thread::spawn(move || breaker.force_closed());
        failing.failure();
        forcing.join().expect("no panic");
        assert_eq!(stage.breaker.state(), State::ForcedClosed);
        assert!(stage.breaker.try_acquire().is_ok());
        stage.breaker.release_override();
        let path = stage.path();
        assert_eq!(path.last(), Some(&stage.breaker.state()));
        assert!(path.len() == 3 || path.contains(&State::Open));
    });
}

#[test]
fn a_reset_against_a_trip() {
    search(|| {
        let stage = Stage::new(ONE);
        let failing = stage.breaker.try_acquire_owned().expect("closed");
        let breaker = stage.breaker.clone();
        let resetting = thread::spawn(move || breaker.reset());
        failing.failure();
        resetting.join().expect("no panic");
        assert_eq!(
            stage.breaker.state(),
            State::Closed,
            "tripped before it, or late after it"
        );
        let path = stage.path();
        assert!(
            path == [State::Closed] || path == [State::Closed, State::Open, State::Closed],
            "{path:?}"
        );
        let totals = stage.breaker.snapshot().totals;
        assert_eq!(totals.failures, 1);
    });
}

#[test]
fn an_override_against_the_last_trial() {
    search(|| {
        let stage = Stage::at_the_edge(ONE);
        let trial = stage.breaker.try_acquire_owned().expect("the slot");
        let breaker = stage.breaker.clone();
        let forcing = thread::spawn(move || breaker.force_open());
        trial.success();
        forcing.join().expect("no panic");
        assert_eq!(stage.breaker.state(), State::ForcedOpen);
        stage.breaker.release_override();
        match stage.breaker.state() {
            State::Closed => assert_eq!(stage.breaker.snapshot().totals.successes, 1),
            State::HalfOpen => assert_eq!(stage.breaker.snapshot().totals.late, 1),
            state => panic!("{state:?}"),
        }
    });
}

#[test]
fn other_settings_against_a_trip() {
    search(|| {
        let stage = Stage::new(ONE);
        let failing = stage.breaker.try_acquire_owned().expect("closed");
        let breaker = stage.breaker.clone();
        let changing = thread::spawn(move || {
            let settings = breaker.settings().with_threshold(Threshold::failures(2));
            breaker.reconfigure(settings).expect("legal settings");
        });
        failing.failure();
        changing.join().expect("no panic");
        let path = stage.path();
        match stage.breaker.state() {
            State::Open => assert_eq!(path, [State::Closed, State::Open], "tripped at one"),
            _ => assert_eq!(path, [State::Closed], "late, or counted under two"),
        }
        assert!(stage.breaker.snapshot().window.failures < 2);
        assert_eq!(stage.breaker.settings().threshold(), Threshold::failures(2));
    });
}
