//! No mistake, no word: correct functions are compiled without a warning, under every form of the attribute, and no lint of
//! clippy says more about an annotated function than about the same function without the attribute.

use std::collections::BTreeMap;

use crate::compiler::{Compiler, Said};
use crate::forms::{crate_of_all, crate_with_prelude, crate_without_std, plain};

/// Lints that are off unless asked for, and that look at what a macro writes.
const STRICT: [&str; 13] = [
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

/// Everything that rustc says.
fn rustc(name: &str, krate: &str, flags: &[&str], text: &str) -> String {
    let driver = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = Compiler::get().named(krate).run_with(&driver, flags, name, text);
    words(&said.expect("rustc runs"), text)
}

#[test]
fn h27_h30_every_form_is_quiet_in_every_edition() {
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

/// There is no `async fn` in that edition, and rustc says so once, where it stands, whatever the arguments are.
#[test]
fn h30_in_edition_2015_only_the_async_is_wrong() {
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
fn h27_every_form_without_a_prelude() {
    let text = crate_of_all(
        "//! A crate.\n#![no_implicit_prelude]\n",
        "fusebox",
        "use ::std::convert::TryInto as _;\n",
    );
    let flags = [
        "--edition=2024",
        "-Dwarnings",
        "-Aunused-imports",
        "-Funsafe-code",
    ];
    assert_eq!(rustc("forms_no_prelude", "fusebox", &flags, &text), "");
}

#[test]
fn h27_every_form_without_std() {
    let flags = ["--edition=2024", "-Dwarnings", "-Funsafe-code"];
    assert_eq!(rustc("forms_no_std", "fusebox", &flags, &crate_without_std()), "");
}

#[test]
fn h16_every_form_where_the_names_of_std_mean_something_else() {
    let text = crate_of_all("//! A crate.\n", "fusebox", SHADOWS);
    let flags = ["--edition=2024", "-Dwarnings", "-Funsafe-code"];
    assert_eq!(rustc("forms_shadowed", "fusebox", &flags, &text), "");
}

#[test]
fn h29_every_form_with_a_renamed_dependency() {
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
fn h27_clippy_says_no_more_than_without_the_attribute() {
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
    let said = Compiler::get().run_with("clippy-driver".as_ref(), &flags, &format!("clippy_{name}"), text)?;
    let mut counts = BTreeMap::new();
    for said in said
        .iter()
        .filter(|said| said.code != "clippy::blanket_clippy_restriction_lints")
    {
        *counts.entry(words(std::slice::from_ref(said), text)).or_default() += 1;
    }
    Some(counts)
}

/// Lint and message, with the first line of what is underlined.
fn words(said: &[Said], text: &str) -> String {
    let one = |said: &Said| {
        let underlined = text.get(said.span.clone()).unwrap_or_default();
        format!(
            "{} {} on `{}`",
            said.code,
            said.message,
            underlined.lines().next().unwrap_or_default()
        )
    };
    said.iter().map(one).collect::<Vec<_>>().join("\n")
}
