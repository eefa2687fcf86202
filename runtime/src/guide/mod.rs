//! The guide: every page of `docs/` as a module.
//!
//! So docs.rs shows the pages, and their examples are tests.
//!
//! | page | read it to |
//! |---|---|
//! | [`state_machine`] | learn exactly what a breaker does: rules R1 to R21 |
//! | [`fallbacks`] | choose what answers while a service is down |
//! | [`errors`] | decide what counts as a failure, and get a rejection into your error type |
//! | [`by_hand`] | use a breaker without the attribute |
//! | [`keys`] | give each host, shard or tenant a breaker of its own |
//! | [`operating`] | watch breakers, force them open or closed, list them |
//! | [`fleet`] | share states between the instances of a service |
//! | [`configuration`] | set values in a file and in the environment |
//! | [`integrations`] | use a breaker with axum, reqwest, tower, sqlx, tonic and backon; export to Prometheus |
//! | [`patterns`] | combine a breaker with deadlines, retries, hedging and other breakers |
//! | [`testing`] | test code that has breakers in it |
//! | [`migrating`] | find the option that you know from another library |
//! | [`internals`] | follow one call through the source |
//! | [`verification`] | see which test, model or proof checks which rule |
//! | [`performance`] | see what a call costs, and measure it again |
//! | [`compile_cost`] | see what the attribute costs a compilation |
//! | [`editors`] | see what rust-analyzer shows inside an annotated function |

/// Makes a module of each page.
///
/// The pages link to each other by reference. They end with definitions that work in a repository
/// (`[errors]: errors.md`). The definitions of `links.md` stand before them, and in Markdown the
/// first definition wins: in rustdoc the same links lead to the modules.
///
/// The examples of a page that is about one feature are tests with that feature alone.
macro_rules! pages {
    ($($(#[$summary:meta])* $name:ident = $file:literal;)+) => {$(
        $(#[$summary])*
        ///
        #[doc = include_str!("links.md")]
        ///
        #[doc = include_str!(concat!("../../docs/", $file))]
        pub mod $name {}
    )+};
}

pages! {
    /// What a breaker does: the words, the settings and rules R1 to R21.
    state_machine = "state_machine.md";
    /// What answers while a service is down.
    fallbacks = "fallbacks.md";
    /// What counts as a failure, and how a rejection becomes an error.
    errors = "errors.md";
    /// A breaker without the attribute.
    by_hand = "by_hand.md";
    /// One breaker per host, shard or tenant.
    keys = "keys.md";
    /// How to watch breakers and how to take them over.
    operating = "operating.md";
    /// Breaker states shared between the instances of a service.
    fleet = "fleet.md";
    /// Settings from a file and from the environment.
    #[cfg(any(not(doctest), feature = "config"))]
    configuration = "configuration.md";
    /// A breaker with other libraries, and in Prometheus and OpenTelemetry.
    integrations = "integrations.md";
    /// A breaker beside deadlines, retries, hedging and other breakers.
    patterns = "patterns.md";
    /// How to test code that has breakers in it.
    testing = "testing.md";
    /// Coming from resilience4j, Polly, Hystrix, failsafe or tower-resilience.
    migrating = "migrating.md";
    /// One call, from the attribute to the state and back.
    internals = "internals.md";
    /// Which test, model or proof checks which rule.
    verification = "verification.md";
    /// What a call costs, and how to measure it.
    performance = "performance.md";
    /// What the attribute costs a compilation.
    compile_cost = "compile-cost.md";
    /// What an editor shows inside an annotated function.
    editors = "editors.md";
}
