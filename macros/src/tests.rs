//! What the attribute answers, on tokens.

use proc_macro2::TokenStream;

use crate::guard;

fn run(args: &str, item: &str) -> String {
    let args: TokenStream = args.parse().unwrap_or_default();
    let item: TokenStream = item.parse().unwrap_or_default();
    guard(args, item).to_string()
}

#[test]
fn show() {
    let out = run(
        "threshold = 5, fallback = fb, fallback_on = \"failure\"",
        "async fn f(a: u8) -> Result<u8, E> { Ok(a) }",
    );
    println!("{out}");
    assert!(!out.contains("compile_error"));
}
