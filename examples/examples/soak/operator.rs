//! The operator: every few milliseconds, a command to one of the breakers.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use crate::{chance::Chance, watch::Watched};

/// Acts at random until `stop` is set, then releases every override.
pub(crate) fn operate(breakers: &[Arc<Watched>], stop: &AtomicBool) {
    let mut chance = Chance::new(4_711);
    while !stop.load(Ordering::Relaxed) {
        thread::sleep(Duration::from_millis(2));
        let breaker = &chance.one_of(breakers).breaker;
        match chance.below(12) {
            0 => breaker.force_open(),
            1 | 2 => breaker.force_closed(),
            3 => breaker.trip(),
            4 => breaker.reset(),
            5 => {
                let trial_calls = u32::try_from(chance.below(3)).expect("few") + 1;
                let settings = breaker.settings().with_trial_calls(trial_calls);
                breaker.reconfigure(settings).expect("legal settings");
            }
            _ => breaker.release_override(),
        }
    }
    for watched in breakers {
        watched.breaker.release_override();
    }
}
