//! Sketches of the least work that keeps a scenario's promise.
//! A state word read at both ends of a call, a generation, exact totals. No override, no stale
//! calls, no trial slots, no events, no names.
//!
//! A floor is not a breaker. It measures how much of a breaker's cost is the machine's, not how
//! small a breaker can be.

mod sketch;
mod stripes;
mod windows;

use std::{hint::black_box, time::Instant};

use crate::{
    call::{Direct, Load, Polled, PolledTwice, Seen, serve, serve_now},
    realistic::{order, wait_and_serve},
    scenario::{Kind, Scenario, Subject, closed},
};

pub(crate) const SUBJECTS: [Subject; 5] = [
    Subject {
        name: "the call alone",
        kind: Kind::Floor,
        load: alone,
    },
    Subject {
        name: "one clock read",
        kind: Kind::Floor,
        load: clock,
    },
    Subject {
        name: "floor without totals",
        kind: Kind::Floor,
        load: sketch::bare,
    },
    Subject {
        name: "floor",
        kind: Kind::Floor,
        load: sketch::counting,
    },
    Subject {
        name: "floor, inexact window",
        kind: Kind::Floor,
        load: sketch::inexact,
    },
];

/// The protected function without anything around it.
fn alone(scenario: Scenario) -> Option<Box<dyn Load>> {
    match scenario {
        Scenario::Open => None,
        Scenario::Realistic => closed(Polled(async |fails| Seen::from(order(fails).await))),
        Scenario::Yielding => closed(PolledTwice(async |fails| Seen::from(wait_and_serve(fails).await))),
        Scenario::Blocking => closed(Direct(|fails| Seen::from(serve_now(fails)))),
        _ => closed(Polled(async |fails| Seen::from(serve(fails).await))),
    }
}

/// One clock reading: what every open breaker has to do.
fn clock(scenario: Scenario) -> Option<Box<dyn Load>> {
    match scenario {
        Scenario::Open | Scenario::RateOfTime => closed(Direct(move |_| {
            black_box(Instant::now());
            if scenario == Scenario::Open {
                Seen::Rejected
            } else {
                Seen::Answered
            }
        })),
        _ => None,
    }
}
