//! Tables for people, JSON for scripts.

use std::io::{self, IsTerminal, Write};

use serde_json::Value;

/// The outputs that a command writes to.
pub(crate) struct Output {
    is_json: bool,
    has_colour: bool,
}

impl Output {
    pub(crate) fn new(is_json: bool) -> Self {
        let has_colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { is_json, has_colour }
    }

    /// Writes the value as JSON, or else the text of `people`.
    pub(crate) fn write(&self, value: &Value, people: impl FnOnce(&Self) -> String) {
        let text = if self.is_json {
            value.to_string()
        } else {
            people(self)
        };
        // An error: the reader of the pipe has ended, as `head` does.
        if writeln!(io::stdout().lock(), "{}", text.trim_end()).is_err() {
            std::process::exit(0);
        }
    }

    /// Writes a table with aligned columns.
    pub(crate) fn table(&self, header: &[&str], rows: &[Vec<String>]) -> String {
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.iter().map(|cell| printable(cell)).collect())
            .collect();
        let width = |column: usize| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells.chain([header[column].len()]).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..header.len()).map(width).collect();
        let line = |cells: Vec<String>| {
            let padded = cells.iter().zip(&widths).map(|(cell, width)| {
                let pad = " ".repeat(width.saturating_sub(cell.chars().count()));
                format!("{}{pad}", self.coloured(cell))
            });
            padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        let mut text = line(header.iter().map(|cell| (*cell).to_owned()).collect());
        for row in rows {
            text.push('\n');
            text.push_str(&line(row));
        }
        text
    }

    /// Writes a state in its colour, on a terminal.
    fn coloured(&self, cell: &str) -> String {
        let colour = match cell {
            "open" | "forced_open" => "31",
            "half_open" => "33",
            "closed" | "forced_closed" => "32",
            _ => return cell.to_owned(),
        };
        if self.has_colour {
            format!("\x1b[{colour}m{cell}\x1b[0m")
        } else {
            cell.to_owned()
        }
    }
}

/// Returns the text without control characters, except ends of lines.
///
/// Names, reasons and errors come from other programs, and a terminal obeys control characters.
pub(crate) fn printable(text: &str) -> String {
    let visible = |c: char| {
        if c.is_control() && c != '\n' {
            '\u{fffd}'
        } else {
            c
        }
    };
    text.chars().map(visible).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_command_the_terminal() {
        let output = Output {
            is_json: false,
            has_colour: true,
        };
        let table = output.table(&["NAME"], &[vec!["a\x1b]0;x\x07\u{9b}2J".to_owned()]]);
        assert_eq!(table, "NAME\na\u{fffd}]0;x\u{fffd}\u{fffd}2J");
    }

    #[test]
    fn columns_are_aligned_and_a_pipe_has_no_colours() {
        let output = Output {
            is_json: false,
            has_colour: false,
        };
        let rows = [
            vec!["inventory".to_owned(), "open".to_owned()],
            vec!["é".to_owned(), "closed".to_owned()],
        ];
        assert_eq!(
            output.table(&["NAME", "STATE"], &rows),
            "NAME       STATE\ninventory  open\né          closed"
        );
        let terminal = Output {
            has_colour: true,
            ..output
        };
        assert!(
            terminal
                .table(&["NAME", "STATE"], &rows)
                .contains("\x1b[31mopen\x1b[0m")
        );
    }
}
