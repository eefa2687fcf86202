//! The items that generated code may name.
//!
//! None of it is stable: attribute and runtime have the same version.

mod admission;
mod call_site;
mod checks;
mod classifiers;
mod error_text;
mod fallback;
mod fallback_cycle;
mod given;
mod keyed_site;
#[cfg(feature = "last-good")]
mod last_good_site;
mod refusing;
mod return_type;

pub use core::{
    column,
    convert::Infallible,
    file, line, module_path,
    option::Option,
    pin::pin,
    primitive::{str, u32},
    result::Result::{Err, Ok},
    time::Duration,
};
pub use std::boxed::Box;

pub use crate::{
    __catalogue as catalogue,
    __private::{
        admission::{
            answer, report_end, report_end_blocking, report_end_within, run, run_admitted,
            run_admitted_blocking, run_admitted_within, run_blocking, run_within,
        },
        call_site::CallSite,
        checks::{
            Constant, check_cooldown, check_last_good, check_last_good_capacity, check_max_cooldown,
            check_max_keys, check_minimum_calls, check_name, check_slow_call, check_slow_call_ends,
            check_threshold, check_timeout, check_together, check_trial_calls, check_window,
        },
        classifiers::{Classifying, NeverFails, by_patterns},
        error_text::{TextOf, with_text, with_text_blocking},
        fallback::{Check, answer_of, copy_of, keep, keep_for_error},
        fallback_cycle::{HoldsAnything, HoldsRejection, NoAnswer, OnCycle},
        given::Giving,
        keyed_site::{KeyAsItIs, KeyByDisplay, KeyByText, KeyedSite, Keying},
        refusing::Refusing,
        return_type::{
            Admit, AdmitInTime, IsResult, Recover, RecoverTimedOut, outcome_of, recover, recover_as_result,
            recover_timed_out,
        },
    },
    breaker::{call::within, policy::Ended},
    config::{ConfigError, Rate, Settings, Threshold, Window},
    error::{Cause, Refusal},
    outcome::Outcome,
    registry::Declaration,
};

#[cfg(feature = "last-good")]
pub use crate::{
    __private::last_good_site::{LastGoodSite, last_good},
    last_good::{Part, PartOfKey, add_mut, add_ref},
};

pub mod ide;

#[cfg(feature = "catalog")]
pub use inventory;

/// Enters a call site into the catalogue.
#[cfg(feature = "catalog")]
#[doc(hidden)]
#[macro_export]
macro_rules! __catalogue {
    ($site:ident) => {
        $crate::__private::inventory::submit! { $site.declaration() }
    };
}

/// Without the feature `catalog` there is none.
#[cfg(not(feature = "catalog"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __catalogue {
    ($site:ident) => {};
}

/// Takes its argument by value: drops it, or in dead code marks it as moved.
pub fn consume<T>(_: T) {}

/// Ties `return` to the type of the function, and marks its argument as used.
///
/// Generated code calls it in dead code.
pub fn edge<R, T>(_: T) -> R {
    unreachable!("is called only under `if false`")
}
