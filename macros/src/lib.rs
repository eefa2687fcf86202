//! The `#[circuit_breaker]` attribute of [`fusebox`](https://docs.rs/fusebox).

mod args;
mod diagnostics;
mod editor;
mod expand;
mod item;
mod limits;
mod plan;
#[cfg(fuzzing)]
pub mod properties;
#[cfg(all(test, not(fuzzing)))]
mod properties;
#[cfg(test)]
mod tests;
mod tokens;

use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::TokenStream;

use crate::args::Args;
use crate::diagnostics::{Errors, original_item};
use crate::item::{Item, attribute, cfg_params};
use crate::plan::Plan;

/// Puts a circuit breaker around a function.
///
/// After too many failures the breaker opens: calls are rejected without running the function, and
/// the `fallback` answers them. After the `cooldown`, a trial call decides whether the breaker
/// closes again.
///
/// ```
/// use fusebox::{Rejected, circuit_breaker};
/// # struct Order;
/// # enum OrderError { Rejected(Rejected) }
/// # impl From<Rejected> for OrderError { fn from(r: Rejected) -> Self { Self::Rejected(r) } }
///
/// #[circuit_breaker(threshold = 5, cooldown = "10s", fallback = cached_orders)]
/// async fn fetch_orders(user: u64) -> Result<Vec<Order>, OrderError> {
///     // … call the service …
/// #   Ok(Vec::new())
/// }
///
/// async fn cached_orders(user: u64) -> Result<Vec<Order>, OrderError> {
///     Ok(Vec::new())
/// }
/// ```
///
/// # Arguments
///
/// All arguments are optional. `#[circuit_breaker]` alone trips after 5 consecutive failures and
/// admits a trial call after 30 seconds.
///
/// | key | value | default | meaning |
/// |---|---|---|---|
/// | `name` | `"orders"` or a constant | module and function | the breaker's name, 1 to 128 printable characters, no braces. Functions with the same explicit name share one breaker. Required on methods |
/// | `threshold` | `5`, a constant, or `"50%"` | `5` | trips at this many failures, or at this failure rate |
/// | `window` | `20` calls, `"10s"`, or a constant | none | the calls over which the threshold is judged. Without one, consecutive failures are |
/// | `minimum_calls` | a number or a constant | `10`, at most the window | a rate is not judged on fewer counted calls |
/// | `slow_call` | `"500ms"` or a constant | off | a call that takes at least this long is a failure, even if it returns a success |
/// | `slow_threshold` | `"80%"` | off | judges slow calls separately, against this rate; they are then not failures |
/// | `timeout` | `"2s"` or a constant | off | drops the call after this long and counts a failure; async functions only |
/// | `cooldown` | `"30s"` or a constant | `"30s"` | how long the breaker stays open before it admits trial calls |
/// | `max_cooldown` | `"5m"` or a constant | off | each reopening doubles the cooldown, up to this |
/// | `jitter` | `"20%"` | `"0%"` | lengthens each cooldown by a random amount, up to this |
/// | `trial_calls` | a number or a constant, at most 100 | `1` | how many trial calls must succeed to close; also how many run at once |
/// | `latency` | `true` | off | records how long calls take, for percentiles and a histogram; two clock readings per call |
/// | `failure` | a pattern, with or without `if` | `Err(_)` | which return values are failures; may be given several times |
/// | `ignore` | a pattern, with or without `if` | none | which return values do not count; may be given several times, wins over `failure` |
/// | `fallback` | `path`, `"path"` or `\|cause\| expr` | none | what answers in place of the function |
/// | `fallback_on` | `"rejection"` or `"failure"` | `"rejection"` | whether the fallback also answers failed calls |
/// | `error` | `\|refusal\| expr`, or the path of a `fn(Refusal) -> E` | `E::from` | makes the error of a refused call that no fallback answers, for types without `From<Rejected>` |
/// | `breaker` | an expression that gives a `&CircuitBreaker` or a `CircuitBreaker` | none | uses this breaker, of any registry. It brings its own settings |
/// | `key` | an expression over the parameters, with `Display` or `AsRef<str>` | none | one breaker per value, named `name[value]` |
/// | `max_keys` | a number or a constant, at most 100,000 | `1000` | how many values have a breaker of their own |
/// | `classify` | the path of a `fn(&R) -> Outcome` | none | maps a return value to an outcome, in place of `failure` and `ignore` |
/// | `last_good` | `"5m"` or a constant | off | the last good value for the same arguments answers, while it is at most that old; feature `last-good` |
/// | `last_good_key` | an expression over the parameters | all parameters | the key under which values are kept; required on methods |
/// | `last_good_capacity` | a number or a constant | `1024` | how many keys are kept |
/// | `crate` | a path | `::fusebox` | for a renamed dependency |
///
/// | written | trips when |
/// |---|---|
/// | `threshold = 5` | 5 consecutive calls fail |
/// | `threshold = 5, window = "10s"` | 5 calls fail within any 10 seconds |
/// | `threshold = 5, window = 20` | 5 of the last 20 counted calls failed |
/// | `threshold = "50%", window = 20` | half of the last 20 counted calls failed |
/// | `threshold = "50%", window = "10s"` | half of the calls counted in the last 10 seconds failed |
///
/// A duration may also be the path of a constant of type `Duration`.
///
/// A limit is reached, not exceeded: with `5`, the fifth failure trips. Durations are whole numbers
/// with units, from large to small: `"1m 30s"`, `"250ms"`. The units are `ns us ms s m h d`.
///
/// # Fallbacks
///
/// A path is called with exactly the arguments of the function, `self` included, and returns the
/// same type. It is `async` if and only if the function is. Write it bare, `fallback =
/// cached_orders`: an editor can rename a path, but not a string. A closure gets the `Cause`. It
/// may use the parameters, `.await`, `?` and `return`:
///
/// ```
/// use fusebox::{Cause, circuit_breaker};
///
/// #[circuit_breaker(
///     threshold = "50%", window = "10s", timeout = "2s",
///     ignore = Err(error) if error.kind() == std::io::ErrorKind::NotFound,
///     fallback = |cause| match cause {
///         Cause::Failed(answer) => answer,
///         Cause::Rejected(_) | Cause::TimedOut(_) => Ok(format!("no page for {id}")),
///     },
///     fallback_on = "failure",
/// )]
/// async fn page(id: u64) -> std::io::Result<String> {
///     // … call the service …
/// #   Ok(String::new())
/// }
/// ```
///
/// With `fallback_on = "failure"` the body gets clones of the arguments, and the fallback gets the
/// originals. The body reborrows a `&mut`. Without a fallback, the caller gets `E::from(Rejected)`,
/// and `E::from(TimedOut)` if `timeout` is set.
///
/// # Where it goes
///
/// The attribute accepts every `fn` and `async fn`, also in traits and `impl` blocks. It also
/// accepts functions that end in `async move { .. }` or `Box::pin(async move { .. })`, which
/// `#[async_trait]` generates. Nothing happens before the first poll. Arguments are dropped in the
/// order of the plain function. The future is about 50 bytes larger.
///
/// A synchronous function runs on the thread of its caller. It cannot be stopped, so it has no
/// `timeout`.
///
/// An attribute macro written *below* `#[circuit_breaker]` wraps it. One written *above* is inside
/// the breaker:
///
/// ```text
/// #[instrument]        // inside: a span only for calls that run
/// #[circuit_breaker]
/// #[cached]            // outside: the cache answers while the breaker is open
/// async fn fetch_orders(..) { .. }
/// ```
///
/// `#[tokio::main]` and `#[tokio::test]` must stand below.
#[cfg(not(fuzzing))]
#[proc_macro_attribute]
pub fn circuit_breaker(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    guard(args.into(), &item.into()).into()
}

/// Runs the attribute on tokens; tests and the fuzzer call it too.
fn guard(args: TokenStream, item: &TokenStream) -> TokenStream {
    survive(item, || parse_plan_expand(args, item, editor::runs_macro()))
}

/// Runs the attribute as in rust-analyzer.
#[cfg(any(test, fuzzing))]
fn guard_for_editor(args: TokenStream, item: &TokenStream) -> TokenStream {
    survive(item, || parse_plan_expand(args, item, true))
}

/// Returns the original item if the macro panics.
///
/// A bug of the macro must not remove the user's function.
fn survive(item: &TokenStream, expand: impl FnOnce() -> TokenStream) -> TokenStream {
    catch_unwind(AssertUnwindSafe(expand)).unwrap_or_else(|_| original_item::after_panic(item))
}

fn parse_plan_expand(args: TokenStream, tokens: &TokenStream, for_editor: bool) -> TokenStream {
    if attribute::is_reported_by_rustc(&args) {
        return tokens.clone();
    }
    let mut errors = Errors::default();
    let written = args.clone();
    let args = Args::parse(args, &mut errors);
    let Some(item) = Item::parse(tokens.clone(), &mut errors) else {
        return original_item::with_errors(tokens, &errors);
    };
    if !for_editor && let Some(split) = cfg_params::split(&written, &args.krate(), &item) {
        return split;
    }
    let plan = Plan::new(args, &item, &mut errors);
    if for_editor {
        original_item::with_errors(&editor::item(&plan, &item), &errors)
    } else if errors.is_empty() {
        expand::guarded(&plan, item)
    } else {
        original_item::with_errors(&expand::unguarded(&plan, &item), &errors)
    }
}
