//! The front page and the documentation of the attribute list what is there: every argument and every feature, and no other.

use std::{collections::BTreeSet, fs, path::Path};

#[test]
fn the_table_of_arguments_is_the_list_of_keys() {
    let keys = read("macros/src/args/key.rs");
    let table = keys
        .split("\nkeys! {")
        .nth(1)
        .and_then(|rest| rest.split("\n}").next());
    // `Threshold "threshold" NumberOrRate "5";`
    let entries = table.expect("the table of keys").lines();
    let keys: BTreeSet<_> = entries
        .filter_map(|entry| entry.split('"').nth(1))
        .map(str::to_owned)
        .collect();
    assert_eq!(table_below("## Arguments", &read("README.md")), keys);
    // What an editor shows on the attribute.
    let shown = read("macros/src/lib.rs").replace("/// ", "");
    assert_eq!(table_below("# Arguments", &shown), keys);
}

#[test]
fn the_table_of_features_is_the_list_of_features() {
    let manifest = read("runtime/Cargo.toml");
    let features = manifest.lines().skip_while(|line| *line != "[features]").skip(1);
    let features = features.take_while(|line| !line.starts_with('['));
    let names = features
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, _)| name);
    let names = names.filter(|name| !name.starts_with('#') && *name != "default");
    assert_eq!(
        table_below("## Features", &read("README.md")),
        names.map(str::to_owned).collect()
    );
}

/// The words in the first column of the first table under a heading.
fn table_below(heading: &str, page: &str) -> BTreeSet<String> {
    let below = page.lines().skip_while(|line| *line != heading);
    let table = below
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'));
    table
        .filter_map(|row| Some(row.strip_prefix("| `")?.split_once('`')?.0.to_owned()))
        .collect()
}

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
