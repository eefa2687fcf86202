//! Every mistake, one row each: exactly one error, on the right token, in the right words.
//!
//! The tables are `rows/*.rows`; [`table`] says how to read them. All rows of a table go through one run of rustc, so
//! that every row also shows that the mistakes of its neighbours hide nothing. `MISTAKES_ALONE=1` compiles each row in
//! a run of its own.

mod compiler;
mod every_key;
mod forms;
mod produced;
mod quiet;
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
        for batch in table.batches(std::env::var_os("MISTAKES_ALONE").is_some()) {
            let source = batch.source();
            let said = compiler.check(&batch.name(), &source);
            wrong.extend(batch.compare(&source, &said));
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
fn a_shape_of_the_arguments() {
    hold(vec![Table::new("a", include_str!("rows/a_shape.rows"))]);
}

#[test]
fn b_unknown_arguments() {
    hold(vec![Table::new("b", include_str!("rows/b_unknown.rows"))]);
}

#[test]
fn c_numbers() {
    let keys = [
        ("threshold", ""),
        ("minimum_calls", r#"threshold = "50%", window = "10s", "#),
        ("trial_calls", ""),
        ("last_good_capacity", r#"last_good = "1m", "#),
    ];
    let mut tables = of_each(include_str!("rows/c_number.rows"), "c", &keys);
    tables.push(Table::new("c_special", include_str!("rows/c_special.rows")));
    hold(tables);
}

#[test]
fn c_constants() {
    let keys = [
        ("threshold", ""),
        ("window", ""),
        ("minimum_calls", r#"threshold = "50%", window = "10s", "#),
        ("trial_calls", ""),
        ("last_good_capacity", r#"last_good = "1m", "#),
    ];
    let mut tables = of_each(include_str!("rows/c_constant.rows"), "c_constant", &keys);
    let bounded = keys
        .into_iter()
        .filter(|(key, _)| !matches!(*key, "minimum_calls" | "last_good_capacity"));
    let bound = include_str!("rows/c_bound.rows");
    tables.extend(of_each(bound, "c_bound", &bounded.collect::<Vec<_>>()));
    hold(tables);
}

#[test]
fn d_durations() {
    let keys = [
        ("cooldown", ""),
        ("max_cooldown", r#"cooldown = "1ns", "#),
        ("timeout", ""),
        ("slow_call", ""),
        ("last_good", ""),
        ("window", ""),
    ];
    let mut tables = of_each(include_str!("rows/d_duration.rows"), "d", &keys);
    let quoted = include_str!("rows/d_quotes.rows");
    tables.extend(of_each(quoted, "d_quotes", keys.split_last().expect("keys").1));
    hold(tables);
}

#[test]
fn d_shares() {
    let window = r#"window = "10s", "#;
    let slow = r#"slow_call = "1s", window = "10s", "#;
    let keys = [("threshold", window), ("slow_threshold", slow), ("jitter", "")];
    let mut tables = of_each(include_str!("rows/d_share.rows"), "share", &keys);
    let quoted = include_str!("rows/d_share_quotes.rows");
    tables.extend(of_each(
        quoted,
        "share_quotes",
        keys.split_first().expect("keys").1,
    ));
    hold(tables);
}

#[test]
fn e_fallbacks() {
    hold(vec![
        Table::new("e", include_str!("rows/e_fallback.rows")),
        Table::new("e_functions", include_str!("rows/e_functions.rows")),
    ]);
}

#[test]
fn l_last_good_values_and_classifiers() {
    hold(vec![
        Table::new("l", include_str!("rows/l_last_good.rows")),
        Table::new("l_classify", include_str!("rows/l_classify.rows")),
    ]);
}

#[test]
fn f_names_paths_and_several_at_once() {
    hold(vec![
        Table::new("f", include_str!("rows/f_name.rows")),
        Table::new("f_together", include_str!("rows/f_together.rows")),
    ]);
}

#[test]
fn f_patterns() {
    let keys = [("failure", ""), ("ignore", "")];
    hold(of_each(include_str!("rows/f_pattern.rows"), "pattern", &keys));
}

#[test]
fn g_wrong_items() {
    hold(vec![Table::new("g", include_str!("rows/g_item.rows"))]);
}

#[test]
fn i_from_macro_rules() {
    hold(vec![Table::new("i", include_str!("rows/i_macro_rules.rows"))]);
}
