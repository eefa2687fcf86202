//! No mistake, no word: correct functions are compiled without a warning in every edition, and no lint of clippy says
//! more about an annotated function than about the same function without the attribute.

use std::collections::BTreeMap;

use crate::compiler::{Compiler, Said};

const SHAPES: &str = include_str!("rows/shapes.rs");

#[test]
fn h27_h30_every_edition_is_quiet() {
    for edition in ["2018", "2021", "2024"] {
        let flags = [&format!("--edition={edition}"), "-Dwarnings", "-Funsafe-code"];
        let name = format!("shapes_{edition}");
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let said = Compiler::get().run_with(&rustc, &flags, &name, SHAPES);
        let said = said.expect("rustc runs");
        assert!(said.is_empty(), "{edition}: {}", words(&said, SHAPES));
    }
}

#[test]
fn h27_clippy_says_no_more_than_without_the_attribute() {
    let (Some(with), Some(without)) = (clippy("annotated", SHAPES), clippy("plain", &plain())) else {
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

/// The same functions without the attribute.
fn plain() -> String {
    let lines = SHAPES
        .lines()
        .filter(|line| !line.trim().starts_with("#[circuit_breaker"));
    lines
        .fold(String::new(), |text, line| text + line + "\n")
        .replace("use fusebox::circuit_breaker;", "")
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
