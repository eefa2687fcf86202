//! The tables of compile errors, and what they expect.
//!
//! ```text
//! # a comment
//! threshold = «"5"»
//!     write `threshold = 5`
//!
//! > const LIMIT: u32 = 0;
//! > #[circuit_breaker(threshold = «LIMIT»)]
//! > async fn guarded(id: u64) -> Result<u64, Error> { Ok(id) }
//!     `threshold` must be at least 1
//! ```
//!
//! A row is one line with the arguments of the attribute, or lines that begin with `> ` and are the
//! whole source. The text that rustc must underline stands in `«»`. Indented below is the error,
//! one line for each mark: a part of the message, or the code of an error of rustc itself. A line
//! `+ …` below it is a part of a note or label of the same error. A row without marks compiles.
//!
//! `@alone` above a source compiles the row in a run of its own. So does `@rustc`, which also
//! allows more errors, if all of them come from rustc. A failure names the table and the line of
//! the row.

use std::fmt::Write as _;
use std::ops::Range;

use super::compiler::Diagnostic;

const PRELUDE: &str = include_str!("rows/prelude.rs");
const FUNCTION: &str = "async fn guarded(id: u64) -> Result<u64, Error> { Ok(id) }";

pub(crate) struct Table {
    name: String,
    pub(crate) rows: Vec<Row>,
}

#[derive(Clone, Default)]
pub(crate) struct Row {
    /// The line on which the row begins.
    line: usize,
    /// The source with its marks.
    marked: String,
    errors: Vec<Expected>,
    alone: bool,
    of_rustc: bool,
}

/// One error that a row expects.
#[derive(Clone)]
struct Expected {
    message: String,
    details: Vec<String>,
}

/// Rows that are compiled together.
pub(crate) struct Batch<'a> {
    table: &'a str,
    rows: &'a [Row],
}

impl Table {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        let mut rows: Vec<Row> = Vec::new();
        // Whether the next line of source belongs to the last row.
        let mut is_open = false;
        for (line, text) in (1..).zip(text.lines()) {
            let continues = std::mem::take(&mut is_open);
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            if let Some(detail) = text.strip_prefix("    + ") {
                let error = last(&mut rows).errors.last_mut();
                error
                    .expect("an error comes first")
                    .details
                    .push(detail.to_owned());
            } else if let Some(message) = text.strip_prefix("    ") {
                last(&mut rows).errors.push(Expected {
                    message: message.to_owned(),
                    details: Vec::new(),
                });
            } else if let Some(source) = text.strip_prefix('>') {
                if !continues {
                    rows.push(Row::at(line));
                }
                let marked = &mut last(&mut rows).marked;
                marked.push_str(source.strip_prefix(' ').unwrap_or(source));
                marked.push('\n');
                is_open = true;
            } else if let Some(mode) = text.strip_prefix('@') {
                assert!(matches!(mode, "alone" | "rustc"), "{name}:{line}: @{mode}");
                rows.push(Row {
                    alone: true,
                    of_rustc: mode == "rustc",
                    ..Row::at(line)
                });
                is_open = true;
            } else {
                rows.push(Row {
                    marked: format!("#[circuit_breaker({text})]\n{FUNCTION}\n"),
                    ..Row::at(line)
                });
            }
        }
        for row in &rows {
            let marks = row.marked.matches('«').count();
            assert_eq!(marks, row.errors.len(), "{name}:{}: marks", row.line);
        }
        Self {
            name: name.to_owned(),
            rows,
        }
    }

    /// Reads the table for one argument, `key`, in place of `{key}`.
    /// `with` stands for `{with}`: the arguments that `key` needs before it.
    pub(crate) fn of_key(name: &str, text: &str, key: &str, with: &str) -> Self {
        let text = text.replace("{with}", with).replace("{key}", key);
        Self::new(&format!("{name}_{key}"), &text)
    }

    pub(crate) fn batches(&self, each_alone: bool) -> Vec<Batch<'_>> {
        let together = |a: &Row, b: &Row| !each_alone && !a.alone && !b.alone;
        let rows = self.rows.chunk_by(together);
        rows.map(|rows| Batch {
            table: &self.name,
            rows,
        })
        .collect()
    }
}

fn last(rows: &mut [Row]) -> &mut Row {
    rows.last_mut().expect("a row comes first")
}

impl Row {
    fn at(line: usize) -> Self {
        Self {
            line,
            ..Self::default()
        }
    }
}

impl Expected {
    fn is_met_by(&self, found: &Diagnostic) -> bool {
        let is_there = |detail: &String| found.details.iter().any(|text| text.contains(detail));
        found.matches(&self.message) && self.details.iter().all(is_there)
    }
}

impl Batch<'_> {
    pub(crate) fn name(&self) -> String {
        match self.rows {
            [row] => format!("{}_{}", self.table, row.line),
            _ => self.table.to_owned(),
        }
    }

    /// A prelude, and a module for each row.
    pub(crate) fn source(&self) -> Source {
        let mut source = Source {
            text: PRELUDE.to_owned(),
            rows: Vec::new(),
        };
        for (at, row) in self.rows.iter().enumerate() {
            let _ = writeln!(source.text, "mod row_{at} {{ // {}", row.line);
            source.text += "#[allow(unused_imports)]\nuse crate::prelude::*;\n";
            let begin = source.text.len();
            let mut expected = Vec::new();
            for (n, piece) in row.marked.split(['«', '»']).enumerate() {
                let start = source.text.len();
                source.text += piece;
                if n % 2 == 1 {
                    expected.push(start..source.text.len());
                }
            }
            source.rows.push((begin..source.text.len(), expected));
            source.text += "}\n";
        }
        source
    }

    /// What differs, in words.
    pub(crate) fn compare(&self, source: &Source, found: &[Diagnostic]) -> Vec<String> {
        let mut wrong = Vec::new();
        for (row, (place, expected)) in self.rows.iter().zip(&source.rows) {
            let here = found.iter().filter(|found| place.contains(&found.span.start));
            let here: Vec<&Diagnostic> = here.collect();
            let is_met = |(span, error): (&Range<usize>, &Expected)| {
                here.iter()
                    .any(|found| found.span == *span && error.is_met_by(found))
            };
            let is_own = |found: &&Diagnostic| {
                row.errors.iter().any(|error| found.matches(&error.message)) || !found.code.is_empty()
            };
            let as_many = if row.of_rustc {
                here.iter().all(is_own)
            } else {
                here.len() == expected.len()
            };
            if as_many && expected.iter().zip(&row.errors).all(is_met) {
                continue;
            }
            let mut text = format!("{}:{}: {}", self.table, row.line, row.marked.trim_end());
            for error in &row.errors {
                let _ = write!(text, "\n  expected: {}", error.message);
                for detail in &error.details {
                    let _ = write!(text, "\n      with: {detail}");
                }
            }
            for found in &here {
                let underlined = source.text.get(found.span.clone()).unwrap_or_default();
                let _ = write!(
                    text,
                    "\n  got: on `{underlined}`: {} {}",
                    found.code, found.message
                );
                for detail in &found.details {
                    let _ = write!(text, "\n      with: {detail}");
                }
            }
            wrong.push(text + "\n");
        }
        let is_in_rows = |found: &&Diagnostic| {
            source
                .rows
                .iter()
                .any(|(place, _)| place.contains(&found.span.start))
        };
        let elsewhere = found.iter().filter(|found| !is_in_rows(found));
        wrong.extend(
            elsewhere.map(|found| format!("{}, outside of any row: {}\n", self.table, found.message)),
        );
        wrong
    }
}

/// The generated file, with the places of the rows and of their marks.
pub(crate) struct Source {
    pub(crate) text: String,
    rows: Vec<(Range<usize>, Vec<Range<usize>>)>,
}
