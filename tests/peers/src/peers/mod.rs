//! The other crates, one file each, used as their docs describe.
//!
//! A peer takes part in a scenario if it has a setting for it. If that setting differs from ours,
//! its file describes the difference.

mod breaker_2;
mod circuit_breaker;
mod circuitbreaker_rs;
mod failsafe;
mod nobreak;
mod recloser;
mod seatbelt;
mod tower_resilience;

use crate::scenario::{Kind, Subject};

pub(crate) const SUBJECTS: [Subject; 8] = [
    Subject {
        name: "nobreak",
        kind: Kind::Peer,
        load: nobreak::load,
    },
    Subject {
        name: "circuit_breaker (sync)",
        kind: Kind::Peer,
        load: circuit_breaker::load,
    },
    Subject {
        name: "recloser",
        kind: Kind::Peer,
        load: recloser::load,
    },
    Subject {
        name: "failsafe",
        kind: Kind::Peer,
        load: failsafe::load,
    },
    Subject {
        name: "breaker",
        kind: Kind::Peer,
        load: breaker_2::load,
    },
    Subject {
        name: "circuitbreaker-rs",
        kind: Kind::Peer,
        load: circuitbreaker_rs::load,
    },
    Subject {
        name: "seatbelt",
        kind: Kind::Peer,
        load: seatbelt::load,
    },
    Subject {
        name: "tower-resilience",
        kind: Kind::Peer,
        load: tower_resilience::load,
    },
];
