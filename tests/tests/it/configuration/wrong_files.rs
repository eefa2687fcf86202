//! Every wrong file of the table, with the exact place, key and text of each
//! mistake.

use fusebox::config::{Mistake, Overrides, Place};

const TABLE: &str = include_str!("wrong_files.rows");

/// One wrong file and its mistakes.
struct Row {
    claim: String,
    file: String,
    mistakes: Vec<String>,
}

fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for row in TABLE.split("\n== ").skip(1) {
        let (claim, rest) = row.split_once('\n').expect("a claim");
        let (mistakes, file): (Vec<_>, Vec<_>) = rest.lines().partition(|line| line.starts_with("!! "));
        rows.push(Row {
            claim: claim.to_owned(),
            file: file.join("\n").trim_end().to_owned() + "\n",
            mistakes: mistakes.iter().map(|line| line[3..].to_owned()).collect(),
        });
    }
    rows
}

/// `2:12 cooldown the text`
fn written(mistake: &Mistake) -> String {
    let Place::Position {
        path, line, column, ..
    } = mistake.place()
    else {
        panic!("{mistake} has no position");
    };
    assert_eq!(path, "fusebox.toml");
    let key = mistake.key().unwrap_or("-");
    format!("{line}:{column} {key} {}", mistake.message())
}

#[test]
fn the_table_has_at_least_60_wrong_files() {
    assert!(rows().len() >= 60, "{}", rows().len());
}

#[test]
fn every_wrong_file_gets_exactly_its_mistakes() {
    hold(str::to_owned);
}

/// What editors of Windows write.
#[test]
fn line_endings_and_a_byte_order_mark_move_no_mistake() {
    hold(|file| file.replace('\n', "\r\n"));
    hold(|file| format!("\u{feff}{}", file.trim_start_matches('\u{feff}')));
}

/// Compares the mistakes of every row, after a change of its file.
fn hold(changed: impl Fn(&str) -> String) {
    let mut wrong = Vec::new();
    for row in rows() {
        let found: Vec<_> = match Overrides::from_toml(&changed(&row.file)) {
            Ok(_) => Vec::new(),
            Err(invalid) => invalid.mistakes().iter().map(written).collect(),
        };
        if found != row.mistakes || found.is_empty() {
            wrong.push(format!(
                "== {}\n{}!! {}\n",
                row.claim,
                row.file,
                found.join("\n!! ")
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "these rows have other mistakes:\n\n{}",
        wrong.join("\n")
    );
}
