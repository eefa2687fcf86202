//! fusebox, in each of its forms.

mod annotated;
mod by_hand;

use crate::scenario::{Kind, Subject};

pub(crate) const SUBJECTS: [Subject; 3] = [
    Subject {
        name: "fusebox #[circuit_breaker]",
        kind: Kind::Ours,
        load: annotated::load,
    },
    Subject {
        name: "fusebox call()",
        kind: Kind::Ours,
        load: by_hand::call,
    },
    Subject {
        name: "fusebox try_acquire()",
        kind: Kind::Ours,
        load: by_hand::permit,
    },
];
