//! Compile errors: one error for each mistake, on the right token.
//! Correct code gets none.
//!
//! The tables are `rows/*.rows`; [`table`] describes how to read them. All rows of a table go
//! through one run of rustc, so every row also shows that the errors of its neighbours hide
//! nothing. `DIAGNOSTICS_ALONE=1` compiles each row in a run of its own. `tests/ui` holds a few
//! examples with the whole output of the compiler, for reading.

mod compiler;
mod correct;
mod declared;
mod every_key;
mod produced;
mod quiet;
mod same_texts;
mod showcases;
mod table;

use compiler::Compiler;
use table::Table;

/// Compiles a table and compares; the panic lists every row that differs.
fn hold(tables: Vec<Table>) {
    let compiler = Compiler::get();
    let mut wrong = Vec::new();
    let mut rows = 0;
    for table in tables {
        rows += table.rows.len();
        for batch in table.batches(std::env::var_os("DIAGNOSTICS_ALONE").is_some()) {
            let source = batch.source();
            let found = compiler.check(&batch.name(), &source);
            wrong.extend(batch.compare(&source, &found));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {rows} rows:\n\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// A table that holds for several arguments, each with what it needs beside it.
fn of_each(text: &str, name: &str, keys: &[(&str, &str)]) -> Vec<Table> {
    let of_key = |(key, with): &(&str, &str)| Table::of_key(name, text, key, with);
    keys.iter().map(of_key).collect()
}

#[test]
fn the_shape_of_the_argument_list_is_checked() {
    hold(vec![Table::new(
        "argument_list",
        include_str!("rows/argument_list.rows"),
    )]);
}

#[test]
fn an_unknown_argument_gets_a_suggestion() {
    hold(vec![Table::new(
        "unknown_argument",
        include_str!("rows/unknown_argument.rows"),
    )]);
}

/// The arguments that take a whole number, and what they need beside them.
///
/// `window` is the last.
const NUMBERS: [(&str, &str); 6] = [
    ("threshold", ""),
    ("minimum_calls", r#"threshold = "50%", window = "10s", "#),
    ("trial_calls", ""),
    ("last_good_capacity", r#"last_good = "1m", "#),
    ("max_keys", "key = id, "),
    ("window", ""),
];

#[test]
fn numbers_are_checked() {
    let keys = NUMBERS.split_last().expect("keys").1;
    let mut tables = of_each(include_str!("rows/number.rows"), "number", keys);
    tables.push(Table::new("one_number", include_str!("rows/one_number.rows")));
    hold(tables);
}

#[test]
fn constants_are_checked_by_the_compiler() {
    let mut tables = of_each(include_str!("rows/constant.rows"), "constant", &NUMBERS);
    let numbers = NUMBERS.split_last().expect("keys").1;
    let types = include_str!("rows/constant_type.rows");
    tables.extend(of_each(types, "constant_type", numbers));
    let bounded = NUMBERS
        .into_iter()
        .filter(|(key, _)| !matches!(*key, "minimum_calls" | "last_good_capacity"));
    let bound = include_str!("rows/constant_bound.rows");
    tables.extend(of_each(bound, "constant_bound", &bounded.collect::<Vec<_>>()));
    hold(tables);
}

/// The arguments that take a duration, and what they need beside them.
///
/// `window` is the last.
const DURATIONS: [(&str, &str); 6] = [
    ("cooldown", ""),
    ("max_cooldown", r#"cooldown = "1ns", "#),
    ("timeout", ""),
    ("slow_call", ""),
    ("last_good", ""),
    ("window", ""),
];

#[test]
fn constant_durations_are_checked_by_the_compiler() {
    let constants = include_str!("rows/constant_duration.rows");
    let mut tables = of_each(constants, "constant_duration", &DURATIONS);
    let types = include_str!("rows/constant_duration_type.rows");
    let without_window = DURATIONS.split_last().expect("keys").1;
    tables.extend(of_each(types, "constant_duration_type", without_window));
    tables.push(Table::new(
        "constant_pair",
        include_str!("rows/constant_pair.rows"),
    ));
    hold(tables);
}

#[test]
fn durations_are_checked() {
    let mut tables = of_each(include_str!("rows/duration.rows"), "duration", &DURATIONS);
    let examples = include_str!("rows/one_duration.rows");
    tables.push(Table::new("one_duration", examples));
    let quoted = include_str!("rows/duration_without_quotes.rows");
    tables.extend(of_each(
        quoted,
        "duration_without_quotes",
        DURATIONS.split_last().expect("keys").1,
    ));
    hold(tables);
}

#[test]
fn rates_are_checked() {
    let window = r#"window = "10s", "#;
    let slow = r#"slow_call = "1s", window = "10s", "#;
    let keys = [("threshold", window), ("slow_threshold", slow), ("jitter", "")];
    let mut tables = of_each(include_str!("rows/rate.rows"), "rate", &keys);
    let quoted = include_str!("rows/rate_without_quotes.rows");
    tables.extend(of_each(
        quoted,
        "rate_without_quotes",
        keys.split_first().expect("keys").1,
    ));
    hold(tables);
}

#[test]
fn fallbacks_are_checked() {
    hold(vec![
        Table::new("fallback_path", include_str!("rows/fallback_path.rows")),
        Table::new("fallback_function", include_str!("rows/fallback_function.rows")),
    ]);
}

#[test]
fn last_good_and_classify_are_checked() {
    hold(vec![
        Table::new("last_good", include_str!("rows/last_good.rows")),
        Table::new("classify", include_str!("rows/classify.rows")),
    ]);
}

#[test]
fn names_and_combinations_are_checked() {
    hold(vec![
        Table::new("name", include_str!("rows/name.rows")),
        Table::new("combination", include_str!("rows/combination.rows")),
        Table::new("error_and_breaker", include_str!("rows/error_and_breaker.rows")),
        Table::new("keyed", include_str!("rows/keyed.rows")),
    ]);
}

#[test]
fn patterns_are_checked() {
    let keys = [("failure", ""), ("ignore", "")];
    hold(of_each(include_str!("rows/pattern.rows"), "pattern", &keys));
}

#[test]
fn an_item_that_cannot_be_guarded_is_an_error() {
    hold(vec![Table::new("item", include_str!("rows/item.rows"))]);
}

#[test]
fn functions_and_arguments_may_come_from_macro_rules() {
    hold(vec![Table::new(
        "macro_rules",
        include_str!("rows/macro_rules.rows"),
    )]);
}
