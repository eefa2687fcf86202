//! The table of `docs/performance.md`, from the results of one machine or of
//! several.

use std::{error::Error, fs};

use serde_json::Value;

use crate::scenario::Scenario;

/// The columns of our own subjects, and of the sketch.
const COLUMNS: [&str; 4] = [
    "fusebox #[circuit_breaker]",
    "fusebox call()",
    "fusebox try_acquire()",
    "floor",
];

/// Prints the table; each scenario has a row of each file, side by side.
pub(crate) fn print(paths: &[&str]) -> Result<(), Box<dyn Error>> {
    let machines = paths.iter().map(|path| Machine::read(path));
    let machines = machines.collect::<Result<Vec<_>, _>>()?;
    println!(
        "| scenario | threads | processor | attribute | `call()` | permit | sketch | best peer | its instructions |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for scenario in Scenario::ALL {
        for threads in scenario.threads() {
            for machine in &machines {
                machine.print(scenario, *threads);
            }
        }
    }
    Ok(())
}

/// The results of one machine.
struct Machine {
    processor: String,
    /// One for each scenario and number of threads, with one row per subject.
    calls: Vec<Value>,
}

impl Machine {
    fn read(path: &str) -> Result<Self, Box<dyn Error>> {
        let mut document: Value = serde_json::from_str(&fs::read_to_string(path)?)?;
        let calls = document["calls"].as_array_mut().ok_or("no `calls`")?;
        Ok(Self {
            calls: std::mem::take(calls),
            processor: document["processor"].as_str().ok_or("no `processor`")?.to_owned(),
        })
    }

    fn print(&self, scenario: Scenario, threads: usize) {
        let rows = self.rows(scenario, threads);
        if rows.is_empty() {
            return;
        }
        let cells: Vec<String> = COLUMNS
            .iter()
            .map(|name| {
                let row = rows.iter().find(|row| row["subject"] == **name);
                row.map_or_else(|| "-".to_owned(), |row| nanos(row))
            })
            .collect();
        let peers = rows.iter().filter(|row| row["kind"] == "peer");
        let best = peers.min_by(|a, b| median(a).total_cmp(&median(b)));
        println!(
            "| {} | {threads} | {} | {} | {} | {} |",
            scenario.title(),
            self.processor,
            cells.join(" | "),
            best.map_or_else(
                || "-".to_owned(),
                |row| format!("{} {}", row["subject"].as_str().unwrap_or_default(), nanos(row))
            ),
            best.and_then(|row| row["instructions"].as_u64())
                .map_or_else(|| "-".to_owned(), |count| count.to_string()),
        );
    }

    fn rows(&self, scenario: Scenario, threads: usize) -> Vec<&Value> {
        let rows = self.calls.iter().filter_map(Value::as_array).flatten();
        rows.filter(|row| row["scenario"] == scenario.name() && row["threads"] == threads)
            .collect()
    }
}

/// The median, and in brackets the lowest run.
fn nanos(row: &Value) -> String {
    let lowest = row["lowest_ns"].as_f64().unwrap_or(f64::NAN);
    format!("{:.1} ({lowest:.1})", median(row))
}

fn median(row: &Value) -> f64 {
    row["median_ns"].as_f64().unwrap_or(f64::NAN)
}

/// The name of this machine's processor: `AMD EPYC`.
pub(crate) fn processor() -> String {
    let about = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = about.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.and_then(|line| line.split_once(": "));
    model.map_or("unknown", |(_, name)| name).to_owned()
}
