//! The arguments of the attribute, for editors: completion offers these names, and hover shows their documentation.
//!
//! Only the arguments may stand in here: everything public is offered.

#![allow(non_upper_case_globals, reason = "named like the arguments")]

/// The breaker's name: `name = "orders"`, or a constant. Default: module path and function name.
///
/// Functions with the same explicit name share one breaker. Required on a method with a receiver.
pub const name: () = ();
/// When to trip: `threshold = 5` failures, a constant, or a share `threshold = "50%"` of the calls in the `window`. Default: 5.
pub const threshold: () = ();
/// Over which calls the threshold is judged: `window = "10s"`, or `window = 20` calls. Default: failures in a row.
pub const window: () = ();
/// With a share only: never trips on fewer counted calls. Default: 10, at most the window.
pub const minimum_calls: () = ();
/// A call that takes at least this long counts as a failure: `slow_call = "500ms"`. Default: off.
pub const slow_call: () = ();
/// With `slow_call`: slow calls are judged on their own, against this share: `slow_threshold = "80%"`. Default: off.
pub const slow_threshold: () = ();
/// Drops the call after this long, which counts as a failure: `timeout = "2s"`. Default: off. Not for synchronous functions.
pub const timeout: () = ();
/// How long the breaker stays open before trial calls are let through: `cooldown = "10s"`. Default: 30 s.
pub const cooldown: () = ();
/// Each reopening doubles the cooldown up to this: `max_cooldown = "5m"`. Default: off.
pub const max_cooldown: () = ();
/// Each cooldown is lengthened by a random share up to this: `jitter = "20%"`. Default: 0 %.
pub const jitter: () = ();
/// How many trial calls must succeed to close, and how many may be out at once: `trial_calls = 3`. Default: 1.
pub const trial_calls: () = ();
/// Records how long calls take, for percentiles and a histogram: `latency = true`. Default: off.
pub const latency: () = ();
/// What counts as a failure: `failure = Err(_)`, a pattern over the return value with an optional `if`. May be given several times.
pub const failure: () = ();
/// What counts as nothing: `ignore = Err(Error::NotFound)`. Wins over `failure`. May be given several times.
pub const ignore: () = ();
/// What answers instead: the path of a function with the same parameters, `fallback = cached_orders`, or a closure `|cause| expr`.
pub const fallback: () = ();
/// How return values count, in place of `failure` and `ignore`: the path of a `fn(&R) -> Outcome`, `classify = fusebox::classify::io`.
pub const classify: () = ();
/// Serves the last good value of the same key while it is at most so old, before the fallback: `last_good = "5m"`. Default: off.
///
/// A key that leaves out the user or the tenant serves one user's data to another. The default key holds all parameters.
pub const last_good: () = ();
/// What last good values are kept under: `last_good_key = (tenant, id)`. Default: all parameters. Required on a method with a receiver.
pub const last_good_key: () = ();
/// How many keys are kept: `last_good_capacity = 4096`. Default: 1024.
pub const last_good_capacity: () = ();
/// Makes the error of a call that was refused: `error = |refusal| Error::from(refusal)`, or the path of a `fn(Refusal) -> E`.
/// Default: `E::from`.
pub const error: () = ();
/// The breaker of each call: `breaker = &self.breaker`, an expression over the parameters. It brings its own settings.
pub const breaker: () = ();
/// One breaker for each value of an expression over the parameters: `key = region`. Its name is `name[value]`. Default: one breaker.
pub const key: () = ();
/// How many values of `key` have a breaker of their own: `max_keys = 200`. Default: 1000.
pub const max_keys: () = ();
/// When the fallback answers: `"rejection"` (default), or `"failure"` for failed calls too.
pub const fallback_on: () = ();
