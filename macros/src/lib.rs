//! The `#[circuit_breaker]` attribute of [`fusebox`](https://docs.rs/fusebox).

mod args;
mod diagnostics;
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
use crate::item::{Item, attribute};
use crate::plan::Plan;

/// Puts a circuit breaker around an `async fn`: when it fails too often, calls are answered without running it.
///
/// ```
/// use fusebox::{Rejected, circuit_breaker};
/// # struct Order;
/// # enum OrderError { Refused(Rejected) }
/// # impl From<Rejected> for OrderError { fn from(r: Rejected) -> Self { Self::Refused(r) } }
///
/// #[circuit_breaker(threshold = 5, cooldown = "10s", fallback = cached_orders)]
/// async fn fetch_orders(user: u64) -> Result<Vec<Order>, OrderError> {
///     // … ask the service …
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
/// All are optional: `#[circuit_breaker]` alone trips after 5 failures in a row and tries again after 30 s.
///
/// | argument | value | default | meaning |
/// |---|---|---|---|
/// | `name` | `"orders"`, constant | path of the function | functions with the same name share one breaker; required on methods with `self` |
/// | `threshold` | `5`, constant, `"50%"` | `5` | trips at this many failures, or at this share of the calls in the `window` |
/// | `window` | `"10s"`, `20` calls, constant | failures in a row | over which calls the threshold is judged |
/// | `minimum_calls` | `10`, constant | `10`, at most the window | with a share: never trips on fewer calls |
/// | `slow_call` | `"500ms"` | off | a call that takes at least this long counts as a failure |
/// | `slow_threshold` | `"80%"` | off | slow calls are judged on their own, against this share |
/// | `timeout` | `"2s"` | off | drops the call after this long, a failure; needs a tokio runtime |
/// | `cooldown` | `"10s"` | `"30s"` | how long it stays open before trial calls are let through |
/// | `max_cooldown` | `"5m"` | off | each reopening doubles the cooldown up to this |
/// | `jitter` | `"20%"` | `"0%"` | each cooldown is lengthened by a random share up to this |
/// | `trial_calls` | `3`, constant | `1` | how many trial calls must succeed to close |
/// | `failure` | pattern, with `if` or without; several times | `Err(_)` | which return values are failures |
/// | `ignore` | pattern, with `if` or without; several times | none | which return values count as nothing; wins over `failure` |
/// | `fallback` | path, `"path"`, closure over the cause | none | what answers instead |
/// | `fallback_on` | `"rejection"`, `"failure"` | `"rejection"` | whether failed calls are answered too |
/// | `classify` | path of a `fn(&R) -> Outcome` | none | how return values count, in place of `failure` and `ignore` |
/// | `last_good` | `"5m"` | off | the last good value per key answers before the `fallback`, while it is at most that old; feature `last-good` |
/// | `last_good_key` | expression over the parameters | all parameters | what the values are kept under; required on methods with `self` |
/// | `last_good_capacity` | `4096`, constant | `1024` | how many keys are kept |
/// | `crate` | path | `::fusebox` | for a renamed dependency |
///
/// Durations are whole numbers with a unit, from large to small: `ns`, `us`, `ms`, `s`, `m`, `h`, `d`, as in `"1m 30s"`.
///
/// # Fallbacks
///
/// A path is called with exactly the arguments of the function, `self` included, and returns the same type. Write it
/// bare, `fallback = cached_orders`: an editor can rename a path, but not a string. A closure gets the `Cause`, sees the
/// parameters, and may use `.await`, `?` and `return`:
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
///     // … ask the service …
/// #   Ok(String::new())
/// }
/// ```
///
/// With `fallback_on = "failure"` the body gets clones of the arguments, and the fallback the arguments themselves; a
/// `&mut` is lent to the body. Without a fallback the caller gets `E::from(Rejected)`, and `E::from(TimedOut)` if
/// `timeout` is set.
///
/// # Where it goes
///
/// On every `async fn`, in traits and `impl` blocks too, and on functions that end in `async move { .. }` or
/// `Box::pin(async move { .. })`, which is what `#[async_trait]` makes. Nothing happens before the first poll. The
/// arguments are dropped in the order of the plain function, and the future is about 50 bytes larger.
///
/// Of several attribute macros on one function, a lower one goes around a higher one. A cache or a span *below*
/// `#[circuit_breaker]` is around the breaker: the cache answers while it is open. One *above* is inside of it.
/// `#[tokio::main]` and `#[tokio::test]` stand below.
#[cfg(not(fuzzing))]
#[proc_macro_attribute]
pub fn circuit_breaker(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    guard(args.into(), &item.into()).into()
}

/// Runs the attribute on tokens outside of a compiler too, as the tests and the fuzzer do.
fn guard(args: TokenStream, item: &TokenStream) -> TokenStream {
    survive(item, || parse_plan_expand(args, item))
}

/// Returns the original item if the macro panics: a bug of the macro must not remove the user's function.
fn survive(item: &TokenStream, expand: impl FnOnce() -> TokenStream) -> TokenStream {
    catch_unwind(AssertUnwindSafe(expand)).unwrap_or_else(|_| original_item::after_panic(item))
}

fn parse_plan_expand(args: TokenStream, tokens: &TokenStream) -> TokenStream {
    if attribute::is_reported_by_rustc(&args) {
        return tokens.clone();
    }
    let mut errors = Errors::default();
    let args = Args::parse(args, &mut errors);
    let Some(item) = Item::parse(tokens.clone(), &mut errors) else {
        return original_item::with_errors(tokens, &errors);
    };
    let plan = Plan::new(args, &item, &mut errors);
    if errors.is_empty() {
        expand::guarded(&plan, item)
    } else {
        original_item::with_errors(&expand::unguarded(&plan, &item), &errors)
    }
}
