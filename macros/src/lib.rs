//! The `#[circuit_breaker]` attribute of [`fusebox`](https://docs.rs/fusebox).

mod answer;
mod args;
mod diagnostics;
mod expand;
mod future_body;
mod ide;
mod item;
mod judge;
mod keep;
mod keys;
mod output;
mod params;
mod plan;
#[cfg(fuzzing)]
pub mod properties;
#[cfg(all(test, not(fuzzing)))]
mod properties;
mod recover;
mod rules;
#[cfg(test)]
mod tests;
mod value;

use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::TokenStream;

/// Puts a circuit breaker around an `async fn`.
#[cfg(not(fuzzing))]
#[proc_macro_attribute]
pub fn circuit_breaker(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    guard(args.into(), item.into()).into()
}

/// The attribute, on tokens that need no compiler: a mistake of ours never costs the user's function.
fn guard(args: TokenStream, item: TokenStream) -> TokenStream {
    let untouched = item.clone();
    catch_unwind(AssertUnwindSafe(|| parse_plan_expand(args, item)))
        .unwrap_or_else(|_| recover::after_panic(untouched))
}

fn parse_plan_expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = diagnostics::Errors::default();
    let args = args::Args::parse(args, &mut errors);
    let Some(function) = item::Item::parse(item.clone(), &mut errors) else {
        return recover::verbatim(item, &errors);
    };
    let plan = plan::Plan::new(&args, &function, &mut errors);
    if errors.is_empty() {
        expand::expand(&plan, function, &args)
    } else {
        recover::function(&function, &plan, &args, &errors)
    }
}
