//! The arguments that exist, read from the table that declares them.

/// A row of the table.
pub(super) struct Declared {
    pub(super) name: &'static str,
    pub(super) is_setting: bool,
    pub(super) kind: &'static str,
}

/// Returns every argument.
pub(super) fn all() -> Vec<Declared> {
    let source = include_str!("../../../../macros/src/args/key.rs");
    let table = source
        .split("\nkeys! {")
        .nth(1)
        .and_then(|rest| rest.split("\n}").next());
    let rows = table.expect("a table").lines().filter(|row| row.ends_with(';'));
    rows.map(|row| {
        let mut columns = row.split_whitespace().skip(1);
        let mut column = || columns.next().expect("four columns");
        let (name, scope, kind) = (column().trim_matches('"'), column(), column());
        Declared {
            name,
            is_setting: scope == "Setting",
            kind,
        }
    })
    .collect()
}

/// Returns the names of the arguments whose value is of one of these kinds.
fn of_kinds(kinds: &[&str]) -> Vec<&'static str> {
    let is_meant = |declared: &Declared| kinds.contains(&declared.kind);
    let found: Vec<_> = all()
        .into_iter()
        .filter(is_meant)
        .map(|declared| declared.name)
        .collect();
    assert!(!found.is_empty(), "{kinds:?}");
    sorted(found)
}

pub(super) fn sorted(mut names: Vec<&str>) -> Vec<&str> {
    names.sort_unstable();
    names
}

fn names<'k>(keys: &[(&'k str, &str)]) -> Vec<&'k str> {
    sorted(keys.iter().map(|(name, _)| *name).collect())
}

#[test]
fn every_number_and_every_duration_is_in_its_list() {
    assert_eq!(
        names(&super::NUMBERS),
        of_kinds(&["Number", "NumberOrRate", "NumberOrDuration"])
    );
    assert_eq!(
        names(&super::DURATIONS),
        of_kinds(&["Duration", "NumberOrDuration"])
    );
}
