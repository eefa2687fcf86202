//! The arguments of the attribute, for editors.
//!
//! Completion offers these names, and hover shows their documentation. Everything public in this
//! file is offered, so it holds the arguments and nothing else.

#![allow(non_upper_case_globals, reason = "named like the arguments")]

/// The breaker's name: `"orders"`, or a constant.
///
/// Default: module path and function name. Functions with the same explicit name share one breaker.
/// Required on a method with a receiver, unless `breaker` is given.
pub const name: () = ();
/// When to trip: `5` failures, a constant, or a failure rate, `"50%"`.
///
/// A rate needs a `window`. Default: 5 consecutive failures.
pub const threshold: () = ();
/// The calls over which the threshold is judged: `20` calls, or `"10s"`.
///
/// Default: none, so consecutive failures are judged.
pub const window: () = ();
/// How many counted calls a rate needs: `20`, or a constant.
///
/// Only with a rate. Default: 10, at most the window.
pub const minimum_calls: () = ();
/// The duration from which on a call is a failure: `"500ms"`.
///
/// Default: off.
pub const slow_call: () = ();
/// The slow-call rate that trips the breaker: `"80%"`.
///
/// Needs `slow_call` and a `window`. Slow calls are then not failures. Default: off.
pub const slow_threshold: () = ();
/// The duration after which the call is dropped: `"2s"`.
///
/// The call counts as a failure. Not for synchronous functions. Default: off.
pub const timeout: () = ();
/// How long the breaker stays open: `"10s"`.
///
/// Then it admits trial calls. Default: 30 s.
pub const cooldown: () = ();
/// Up to where each reopening doubles the cooldown: `"5m"`.
///
/// Default: off.
pub const max_cooldown: () = ();
/// By how much a cooldown is lengthened at random, at most: `"20%"`.
///
/// Default: 0 %.
pub const jitter: () = ();
/// How many trial calls must succeed to close: `3`, or a constant.
///
/// Also how many of them run at once. Default: 1.
pub const trial_calls: () = ();
/// Whether the durations of calls are recorded: `true`.
///
/// Two clock readings per call. Default: off.
pub const latency: () = ();
/// A pattern for return values that are failures: `Err(_)`.
///
/// May have an `if`, and may be given several times. Default: every `Err`.
pub const failure: () = ();
/// A pattern for return values that do not count: `Err(Error::NotFound)`.
///
/// Wins over `failure`. May have an `if`, and may be given several times.
pub const ignore: () = ();
/// The function or closure that answers a rejected call.
///
/// A path, `cached_orders`, of a function with the same parameters; or `|cause| expr`.
pub const fallback: () = ();
/// A function that maps return values to outcomes: `fusebox::classify::io`.
///
/// The path of a `fn(&R) -> Outcome`, in place of `failure` and `ignore`.
pub const classify: () = ();
/// How old a last good value may be to answer: `"5m"`.
///
/// It answers before the fallback. Default: off.
///
/// A key that leaves out the user or the tenant serves one user's data to another. The default key
/// holds all parameters.
pub const last_good: () = ();
/// The key of last good values: `(tenant, id)`.
///
/// Default: all parameters. Required on a method with a receiver.
pub const last_good_key: () = ();
/// How many last good values are kept: `4096`.
///
/// Default: 1024.
pub const last_good_capacity: () = ();
/// What makes the error of a refused call: `|refusal| Error::from(refusal)`.
///
/// Or the path of a `fn(Refusal) -> E`. The closure may use the parameters. Default: `E::from`.
pub const error: () = ();
/// The breaker of each call: `&self.breaker`.
///
/// An expression over the parameters. The breaker brings its own settings.
pub const breaker: () = ();
/// When the fallback answers: `"rejection"`, or `"failure"`.
///
/// With `"failure"`, it also answers failed calls. Default: `"rejection"`.
pub const fallback_on: () = ();
/// What a function has one breaker per value of: `region`.
///
/// An expression over the parameters. The name of each breaker is `name[value]`. Default: one
/// breaker.
pub const key: () = ();
/// How many values of `key` have a breaker of their own: `200`.
///
/// 1 to 100,000. Default: 1,000.
pub const max_keys: () = ();
