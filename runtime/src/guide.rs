//! The guide: every page of `docs/` as a module, so that docs.rs shows it and its examples are tests.
//!
//! | page | read it to |
//! |---|---|
//! | [`state_machine`] | know exactly what a breaker does: rules R1 to R21 |
//! | [`fallbacks`] | choose what answers while a service is down |
//! | [`errors`] | get a rejection into your own error type, or into one that is not yours |
//! | [`testing`] | test code that has breakers in it |
//! | [`patterns`] | combine a breaker with deadlines, retries, hedging, and other breakers |
//! | [`migrating`] | find the option that you know from another library |
//! | [`internals`] | follow one call through the source |
//! | [`verification`] | see which test, model or proof holds which rule |
//! | [`performance`] | see what a call costs, and measure it again |
//! | [`compile_cost`] | see what the attribute costs a compilation |
//! | [`editors`] | see what rust-analyzer shows inside an annotated function |

/// Makes a module of each page.
///
/// The pages link to each other by reference, and end with definitions that work in a repository
/// (`[errors]: errors.md`). The definitions here come first, and the first one wins: in rustdoc the
/// same links lead to the modules.
macro_rules! pages {
    ($($(#[$summary:meta])* $name:ident = $file:literal;)+) => {$(
        $(#[$summary])*
        ///
        /// [state_machine]: crate::guide::state_machine
        /// [fallbacks]: crate::guide::fallbacks
        /// [errors]: crate::guide::errors
        /// [testing]: crate::guide::testing
        /// [patterns]: crate::guide::patterns
        /// [migrating]: crate::guide::migrating
        /// [internals]: crate::guide::internals
        /// [verification]: crate::guide::verification
        /// [performance]: crate::guide::performance
        /// [compile_cost]: crate::guide::compile_cost
        /// [editors]: crate::guide::editors
        ///
        #[doc = include_str!(concat!("../docs/", $file))]
        pub mod $name {}
    )+};
}

pages! {
    /// What a breaker does: the words, the settings and rules R1 to R21.
    state_machine = "state_machine.md";
    /// What answers while a service is down.
    fallbacks = "fallbacks.md";
    /// How a rejection reaches the caller as an error.
    errors = "errors.md";
    /// How to test code that has breakers in it.
    testing = "testing.md";
    /// Breakers beside deadlines, retries, hedging and other breakers.
    patterns = "patterns.md";
    /// Coming from resilience4j, Polly, Hystrix, failsafe or tower-resilience.
    migrating = "migrating.md";
    /// One call, from the attribute to the state and back.
    internals = "internals.md";
    /// Which test, model or proof holds which rule.
    verification = "verification.md";
    /// What a call costs, and how to measure it.
    performance = "performance.md";
    /// What the attribute costs a compilation.
    compile_cost = "compile-cost.md";
    /// What an editor shows inside an annotated function.
    editors = "editors.md";
}
