//! What must hold for any input at all.
//!
//! The tests run it with random bytes, and so does the fuzzer.

#![allow(
    unreachable_pub,
    reason = "public for the fuzzer, which builds these sources as a library"
)]

mod grammar;

use proc_macro2::{TokenStream, TokenTree};

use crate::{guard, guard_for_editor};

pub use grammar::grammar;

/// Occurs in every body exactly once.
const MARKER: &str = "body_marker";

/// Random bytes as a series of choices, followed by zeros.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn byte(&mut self) -> u8 {
        let (first, rest) = self
            .0
            .split_first()
            .map_or((0, self.0), |(first, rest)| (*first, rest));
        self.0 = rest;
        first
    }

    fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[usize::from(self.byte()) % from.len()]
    }
}

/// Pieces of arguments, valid and invalid, for random combinations.
const PIECES: [&str; 66] = [
    "threshold",
    "cooldown",
    "fallback",
    "name",
    "window",
    "failure",
    "ignore",
    "crate",
    "fallback_on",
    "timeout",
    "slow_call",
    "slow_threshold",
    "minimum_calls",
    "max_cooldown",
    "jitter",
    "trial_calls",
    "latency",
    "classify",
    "last_good",
    "last_good_key",
    "last_good_capacity",
    "error",
    "breaker",
    "key",
    "max_keys",
    "(a, self.b)",
    "bogus",
    "r#threshold",
    "type",
    "self",
    "Self::f",
    "crate::m::f",
    "::",
    "=",
    "==",
    "=",
    ",",
    ",",
    ";",
    ":",
    "|",
    "&",
    "<",
    ">",
    "#",
    "$",
    "'a",
    "-",
    "_",
    "if",
    "5",
    "0",
    "1.5",
    "5u8",
    "\"10s\"",
    "\"50%\"",
    "\"\"",
    "\"orders\"",
    "b\"x\"",
    "'c'",
    "(a, b = 1)",
    "[x; 2]",
    "{ y }",
    "Err(_)",
    "|cause| f(cause, 1)",
    "<T as Tr>::f",
];

/// Items that the attribute accepts, and some that it does not.
const ITEMS: [&str; 14] = [
    "async fn guarded(a: u8) -> Result<u8, E> { body_marker }",
    "pub(crate) async fn f<T: Clone>(self: Arc<Self>, (a, _): (T, u8), mut b: &mut T) -> io::Result<T> where T: X { body_marker; Ok(a) }",
    "async fn f() -> ! { body_marker }",
    "#[cfg(x)] async unsafe fn f(#[cfg(y)] a: u8) { #![allow(unused)] body_marker }",
    "async fn f(&self) -> Result<impl A, E> { body_marker.await? }",
    "fn f() -> Pin<Box<dyn Future<Output = u8>>> { Box::pin(async move { body_marker }) }",
    "fn f() -> impl Future<Output = u8> { async { body_marker } }",
    "fn f() { body_marker }",
    "const fn f() { body_marker }",
    "struct S { body_marker: u8 }",
    "impl S { async fn f() { body_marker } }",
    "async fn f(a: u8 { body_marker ",
    "async fn f(x: u8) -> u8 { match body_marker { ",
    "m! { body_marker }",
];

/// Checks any tokens on any item: no panic, and the body exactly once.
pub fn any_tokens(bytes: &[u8]) {
    let mut choices = Choices(bytes);
    let item = *choices.pick(&ITEMS);
    let length = usize::from(choices.byte() % 24);
    let args: Vec<_> = (0..length).map(|_| *choices.pick(&PIECES)).collect();
    check(&args.join(" "), item);
}

/// Checks that an accepted duration is the one that `oracle` reads.
pub fn duration(text: &str, oracle: impl Fn(&str) -> Option<std::time::Duration>) {
    let args: TokenStream = [TokenTree::Literal(proc_macro2::Literal::string(text))]
        .into_iter()
        .collect();
    if let Some(ours) = crate::args::value::read_duration(text) {
        assert_eq!(Some(ours), oracle(text), "`{text}`");
        assert_eq!(check(&format!("cooldown = {args}"), ITEMS[0]), 0);
    } else {
        assert!(check(&format!("cooldown = {args}"), ITEMS[0]) > 0);
    }
}

/// Runs the attribute, and returns the number of errors.
fn check(args: &str, item: &str) -> usize {
    // rustc reports text that is not a token stream, and never calls the macro.
    let (Ok(args), Ok(item)) = (args.parse::<TokenStream>(), item.parse::<TokenStream>()) else {
        return 0;
    };
    let output = guard(args.clone(), &item);
    for_editors(&args, &item, &output);
    let text = output.to_string();
    assert!(
        !text.contains("please report"),
        "it panicked on `{args}` over `{item}`"
    );
    // A parameter with a `#[cfg]` makes one function with it and one without it. A parameter with a
    // generated name makes one for rustdoc.
    let is_double = text.contains("# [cfg (not (y))]") || text.contains("# [cfg (not (doc))]");
    let bodies = if is_double { 2 } else { 1 };
    assert_eq!(
        count(&output, MARKER),
        bodies,
        "`{args}` over `{item}` gave `{text}`"
    );
    count(&output, "compile_error")
}

/// Checks the output for editors.
///
/// It has the body once and the same errors, and it parses.
fn for_editors(args: &TokenStream, item: &TokenStream, compiled: &TokenStream) {
    let output = guard_for_editor(args.clone(), item);
    assert_eq!(
        count(&output, MARKER),
        1,
        "`{args}` over `{item}` gave `{output}`"
    );
    let guarded = usize::from(count(&output, "rust_analyzer") > 0);
    // With a `#[cfg]` on a parameter, the compiler gets two functions, which are not expanded yet.
    if count(compiled, "circuit_breaker") < 2 {
        assert_eq!(
            count(&output, "compile_error") - guarded,
            count(compiled, "compile_error"),
            "`{args}` over `{item}`"
        );
    }
    let parses = |tokens: &TokenStream| syn::parse2::<syn::File>(tokens.clone()).is_ok();
    assert!(
        !parses(item) || parses(&output),
        "`{args}` over `{item}` gave `{output}`"
    );
}

/// Returns how often an identifier occurs in a stream, at any depth.
fn count(tokens: &TokenStream, name: &str) -> usize {
    let of_tree = |tree| match tree {
        TokenTree::Group(group) => count(&group.stream(), name),
        TokenTree::Ident(ident) => usize::from(ident == name),
        TokenTree::Punct(_) | TokenTree::Literal(_) => 0,
    };
    tokens.clone().into_iter().map(of_tree).sum()
}

#[cfg(all(test, not(fuzzing)))]
mod tests {
    use proptest::prelude::*;

    use super::{
        PIECES,
        grammar::{KEYS, OF_BREAKER},
    };
    use crate::args::key::Key;

    #[test]
    fn every_argument_is_in_the_lists() {
        for key in Key::ALL {
            let name = key.name();
            assert!(KEYS.iter().any(|(known, _)| *known == name), "{name}");
            assert!(PIECES.contains(&name), "{name}");
            assert_eq!(OF_BREAKER.contains(&name), key.is_of_breaker(), "{name}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(5000) })]

        #[test]
        fn any_tokens_leave_the_body_once_and_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            super::any_tokens(&bytes);
        }

        #[test]
        fn an_error_if_and_only_if_something_is_wrong(bytes in proptest::collection::vec(any::<u8>(), 0..24)) {
            super::grammar(&bytes);
        }

        #[test]
        fn an_accepted_duration_is_what_humantime_reads(text in "( ?[0-9]{1,6} ?(ns|us|µs|ms|s|m|h|d|x|M|\\.5s)?){0,4}") {
            super::duration(&text, |text| humantime::parse_duration(text).ok());
        }

        #[test]
        fn any_text_is_a_duration_or_an_error(text in "\\PC{0,12}") {
            super::duration(&text, |text| humantime::parse_duration(text).ok());
        }
    }
}
