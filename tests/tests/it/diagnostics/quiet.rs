//! Correct functions compile without a warning, under every form.
//! And clippy reports no more about an annotated function than about the plain one.

use std::collections::BTreeMap;

use super::compiler::{Compiler, Diagnostic};
use super::correct::{crate_of_all, crate_with_prelude, crate_without_std, plain};

/// Lints that are off by default and apply to the output of macros.
const STRICT: [&str; 14] = [
    "-Dwarnings",
    "-Dunused",
    "-Dmissing-docs",
    "-Dunreachable-pub",
    "-Dsingle-use-lifetimes",
    "-Dunused-lifetimes",
    "-Dunused-results",
    "-Dunused-qualifications",
    "-Dlet-underscore-drop",
    "-Dtrivial-casts",
    "-Dtrivial-numeric-casts",
    "-Dvariant-size-differences",
    "-Dunit-bindings",
    "-Dexplicit-outlives-requirements",
];

/// What a user may have called their own things.
const SHADOWS: &str = r"
    #[allow(dead_code)] mod std {}
    #[allow(dead_code)] mod core {}
    #[allow(dead_code)] mod alloc {}
    #[allow(dead_code)] mod fusebox {}
    #[allow(dead_code)] enum Result {}
    #[allow(dead_code)] enum Option {}
    #[allow(dead_code)] struct Box;
    #[allow(dead_code)] struct String;
    #[allow(dead_code)] struct Duration;
    #[allow(dead_code)] trait Future {}
    #[allow(dead_code, non_snake_case)] fn Ok() {}
    #[allow(dead_code, non_snake_case)] fn Err() {}
    #[allow(dead_code, non_snake_case)] fn Some() {}
    #[allow(dead_code)] fn drop() {}
    #[allow(unused_macros)] macro_rules! pin { () => {} }
    #[allow(unused_macros)] macro_rules! file { () => {} }
    #[allow(unused_macros)] macro_rules! line { () => {} }
    #[allow(unused_macros)] macro_rules! column { () => {} }
    #[allow(unused_macros)] macro_rules! module_path { () => {} }
";

/// Returns every diagnostic of rustc.
fn rustc(name: &str, krate: &str, flags: &[&str], text: &str) -> String {
    let driver = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let found = Compiler::get().named(krate).run_with(&driver, flags, name, text);
    words(&found.expect("rustc runs"), text)
}

#[test]
fn every_form_compiles_without_a_warning_in_every_edition() {
    let text = crate_with_prelude();
    for edition in ["2018", "2021", "2024"] {
        let flags = [&format!("--edition={edition}"), "-Funsafe-code"];
        let flags: Vec<_> = flags.into_iter().chain(STRICT).collect();
        assert_eq!(
            rustc(&format!("forms_{edition}"), "fusebox", &flags, &text),
            "",
            "{edition}"
        );
    }
}

/// Edition 2015 has no `async fn`.
/// rustc reports that once, on the `async`, whatever the arguments are.
#[test]
fn in_edition_2015_only_the_async_is_an_error() {
    let text = "#[::fusebox::circuit_breaker]\n\
                pub async fn bare(id: u64) -> Result<u64, std::io::Error> { Ok(id) }\n\
                #[::fusebox::circuit_breaker(fallback = |_| Ok(id), fallback_on = \"failure\", timeout = \"1s\")]\n\
                pub async fn full(id: u64) -> Result<u64, std::io::Error> { Ok(id) }\n";
    let text = format!("extern crate fusebox;\n{text}");
    let one = "E0670 `async fn` is not permitted in Rust 2015 on `async`";
    assert_eq!(
        rustc("forms_2015", "fusebox", &["--edition=2015"], &text),
        [one, one].join("\n")
    );
}

#[test]
fn every_form_compiles_without_a_prelude() {
    let text = crate_of_all(
        "//! A crate.\n#![no_implicit_prelude]\n",
        "fusebox",
        "use ::std::convert::TryInto as _;\n",
    );
    let flags = ["--edition=2024", "-Funsafe-code"].into_iter().chain(STRICT);
    let flags: Vec<_> = flags.chain(["-Aunused-imports"]).collect();
    assert_eq!(rustc("forms_no_prelude", "fusebox", &flags, &text), "");
}

#[test]
fn every_form_compiles_without_std() {
    let flags = ["--edition=2024", "-Dwarnings", "-Funsafe-code"];
    assert_eq!(rustc("forms_no_std", "fusebox", &flags, &crate_without_std()), "");
}

#[test]
fn every_form_compiles_beside_names_that_shadow_std() {
    let text = crate_of_all("//! A crate.\n", "fusebox", SHADOWS);
    let flags = ["--edition=2024", "-Dwarnings", "-Funsafe-code"];
    assert_eq!(rustc("forms_shadowed", "fusebox", &flags, &text), "");
}

#[test]
fn every_form_compiles_with_a_renamed_dependency() {
    let text = crate_of_all("//! A crate.\n", "breakers", "");
    for edition in ["2018", "2024"] {
        let flags = [&format!("--edition={edition}"), "-Dwarnings", "-Funsafe-code"];
        assert_eq!(
            rustc(&format!("forms_renamed_{edition}"), "breakers", &flags, &text),
            "",
            "{edition}"
        );
    }
}

#[test]
fn clippy_reports_no_more_than_without_the_attribute() {
    let annotated = crate_with_prelude();
    let (Some(with), Some(without)) = (
        clippy("annotated", &annotated),
        clippy("plain", &plain(&annotated)),
    ) else {
        eprintln!("clippy is not installed: nothing was compared");
        return;
    };
    let more: Vec<_> = with
        .iter()
        .filter(|(lint, count)| without.get(*lint).unwrap_or(&0) < count)
        .collect();
    assert!(more.is_empty(), "{more:#?}");
    assert!(
        !without.is_empty(),
        "the groups are switched on: they say something"
    );
}

/// How often each lint of all groups speaks of which text.
fn clippy(name: &str, text: &str) -> Option<BTreeMap<String, usize>> {
    let groups = ["all", "pedantic", "nursery", "restriction"].map(|group| format!("-Wclippy::{group}"));
    let mut flags: Vec<&str> = groups.iter().map(String::as_str).collect();
    flags.push("--edition=2024");
    let found =
        Compiler::get().run_with("clippy-driver".as_ref(), &flags, &format!("clippy_{name}"), text)?;
    let mut counts = BTreeMap::new();
    for found in found
        .iter()
        .filter(|found| found.code != "clippy::blanket_clippy_restriction_lints")
    {
        *counts
            .entry(words(std::slice::from_ref(found), text))
            .or_default() += 1;
    }
    Some(counts)
}

/// Lint and message, with the first line of what is underlined.
fn words(found: &[Diagnostic], text: &str) -> String {
    let one = |found: &Diagnostic| {
        let underlined = text.get(found.span.clone()).unwrap_or_default();
        format!(
            "{} {} on `{}`",
            found.code,
            found.message,
            underlined.lines().next().unwrap_or_default()
        )
    };
    found.iter().map(one).collect::<Vec<_>>().join("\n")
}
