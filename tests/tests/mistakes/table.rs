//! The tables of mistakes, and what they expect.
//!
//! ```text
//! # a comment
//! A7  «5»
//!     expected an argument name, found a literal
//! ```
//!
//! A row is its number and the arguments; what must be underlined stands in `«»`. Indented below is what must be said,
//! one line for each mark: a part of the message, or the code of an error of rustc itself. A row without marks is
//! accepted. Where arguments are not enough, the lines below the number begin with `> ` and are the whole source;
//! `@alone` behind the number gives it a run of its own, and so does `@rustc`, where everything that is said must come
//! from rustc.

use std::fmt::Write as _;
use std::ops::Range;

use crate::compiler::Said;

const PRELUDE: &str = include_str!("rows/prelude.rs");
const FUNCTION: &str = "async fn guarded(id: u64) -> Result<u64, Error> { Ok(id) }";

pub(crate) struct Table {
    name: String,
    pub(crate) rows: Vec<Row>,
}

#[derive(Clone)]
pub(crate) struct Row {
    number: String,
    /// The source with its marks.
    marked: String,
    messages: Vec<String>,
    alone: bool,
    of_rustc: bool,
}

/// Rows that are compiled together.
pub(crate) struct Batch<'a> {
    table: &'a str,
    rows: &'a [Row],
}

impl Table {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        let mut rows: Vec<Row> = Vec::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some(message) = line.strip_prefix("    ") {
                last(&mut rows).messages.push(message.to_owned());
            } else if let Some(source) = line.strip_prefix('>') {
                let row = last(&mut rows);
                row.marked.push_str(source.strip_prefix(' ').unwrap_or(source));
                row.marked.push('\n');
            } else if !line.is_empty() {
                rows.push(Row::new(line));
            }
        }
        for row in &rows {
            let marks = row.marked.matches('«').count();
            assert_eq!(
                marks,
                row.messages.len(),
                "row {} of table {name}: marks",
                row.number
            );
        }
        Self {
            name: name.to_owned(),
            rows,
        }
    }

    /// The same table about `key`, which stands for `{key}`; `with` goes before it, inside the parentheses.
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
    rows.last_mut().expect("a number comes first")
}

impl Row {
    fn new(line: &str) -> Self {
        let (number, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim_start();
        let of_rustc = rest == "@rustc";
        let alone = rest == "@alone" || of_rustc;
        let marked = if alone || rest.is_empty() {
            String::new()
        } else {
            format!("#[circuit_breaker({rest})]\n{FUNCTION}\n")
        };
        Self {
            number: number.to_owned(),
            marked,
            messages: Vec::new(),
            alone,
            of_rustc,
        }
    }
}

impl Batch<'_> {
    pub(crate) fn name(&self) -> String {
        match self.rows {
            [row] => format!("{}_{}", self.table, row.number.replace(['.', '-'], "_")),
            _ => self.table.to_owned(),
        }
    }

    /// A module for each row, behind a prelude.
    pub(crate) fn source(&self) -> Source {
        let mut source = Source {
            text: PRELUDE.to_owned(),
            rows: Vec::new(),
        };
        for (at, row) in self.rows.iter().enumerate() {
            let _ = writeln!(source.text, "mod row_{at} {{ // {}", row.number);
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
    pub(crate) fn compare(&self, source: &Source, said: &[Said]) -> Vec<String> {
        let mut wrong = Vec::new();
        for (row, (place, expected)) in self.rows.iter().zip(&source.rows) {
            let here = said.iter().filter(|said| place.contains(&said.span.start));
            let here: Vec<&Said> = here.collect();
            let is_met = |(span, message): (&Range<usize>, &String)| {
                here.iter().any(|said| said.span == *span && said.says(message))
            };
            let is_own =
                |said: &&Said| row.messages.iter().any(|message| said.says(message)) || !said.code.is_empty();
            let as_many = if row.of_rustc {
                here.iter().all(is_own)
            } else {
                here.len() == expected.len()
            };
            if as_many && expected.iter().zip(&row.messages).all(is_met) {
                continue;
            }
            let mut text = format!("{} {}: {}", self.table, row.number, row.marked.trim_end());
            for message in &row.messages {
                let _ = write!(text, "\n  expected: {message}");
            }
            for said in &here {
                let underlined = source.text.get(said.span.clone()).unwrap_or_default();
                let _ = write!(text, "\n  got: on `{underlined}`: {} {}", said.code, said.message);
            }
            wrong.push(text + "\n");
        }
        let in_a_row = |said: &&Said| {
            source
                .rows
                .iter()
                .any(|(place, _)| place.contains(&said.span.start))
        };
        let elsewhere = said.iter().filter(|said| !in_a_row(said));
        wrong.extend(elsewhere.map(|said| format!("{}, outside of any row: {}\n", self.table, said.message)));
        wrong
    }
}

/// The generated file, with the places of the rows and of their marks.
pub(crate) struct Source {
    pub(crate) text: String,
    rows: Vec<(Range<usize>, Vec<Range<usize>>)>,
}
