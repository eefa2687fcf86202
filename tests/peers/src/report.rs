//! The table, and the same as JSON.

use serde_json::{Value, json};

use crate::{
    measure::Measured,
    scenario::{Kind, Scenario},
};

/// One scenario on so many threads, as Markdown.
pub(crate) fn print(rows: &[Measured]) {
    let Some(first) = rows.first() else { return };
    let threads = match first.threads {
        1 => "1 thread".to_owned(),
        threads => format!("{threads} threads, aggregate"),
    };
    println!("\n### {}, {threads}\n", first.scenario.title());
    println!("| subject | ns per call | half of the runs | lowest | × floor | × fusebox | instructions |");
    println!("|---|---|---|---|---|---|---|");
    let floor = floor(rows);
    let ours = rows.iter().find(|row| row.subject.kind == Kind::Ours);
    for row in rows {
        let ratio = |other: Option<&Measured>| {
            other.map_or_else(|| "-".to_owned(), |other| format!("{:.2}", row.ratio_to(other)))
        };
        let (low, high) = row.quartiles();
        println!(
            "| {} | {:.1} | {low:.1}–{high:.1} | {:.1} | {} | {} | {} |",
            row.subject.name,
            row.median(),
            row.lowest(),
            ratio(floor),
            ratio(ours),
            instructions(row).map_or_else(|| "-".to_owned(), |count| count.to_string()),
        );
    }
}

/// The instructions of a call, as `.ci/instructions --bless` counted them last.
fn instructions(row: &Measured) -> Option<u64> {
    let counted = include_str!("../instructions.tsv").lines();
    let mut counted = counted.map(|line| line.split('\t').collect::<Vec<_>>());
    counted.find_map(|fields| match fields.as_slice() {
        [scenario, subject, count] if (*scenario, *subject) == (row.scenario.name(), row.subject.name) => {
            count.parse().ok()
        }
        _ => None,
    })
}

/// What a row is compared with.
fn floor(rows: &[Measured]) -> Option<&Measured> {
    let is_clock_bound = rows
        .first()
        .is_some_and(|row| row.scenario == Scenario::Open && row.threads == 1);
    let name = if is_clock_bound { "one clock read" } else { "floor" };
    rows.iter().find(|row| row.subject.name == name)
}

pub(crate) fn json(rows: &[Measured]) -> Value {
    let floor = floor(rows);
    rows.iter()
        .map(|row| {
            let (low, high) = row.quartiles();
            json!({
                "scenario": row.scenario.name(),
                "threads": row.threads,
                "subject": row.subject.name,
                "kind": row.subject.kind.name(),
                "median_ns": row.median(),
                "lowest_ns": row.lowest(),
                "quartiles_ns": [low, high],
                "ratio_to_floor": floor.map(|floor| row.ratio_to(floor)),
                "instructions": instructions(row),
                "runs": row.nanos.len(),
            })
        })
        .collect()
}
