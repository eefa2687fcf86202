//! The text format: names, labels and values, one sample a line.

use std::fmt::Write as _;

use crate::{
    metrics::{
        families::FAMILIES,
        family::{Family, FamilyKind, Labels, SampleValue, Sink},
        prometheus::bounds::BOUNDS,
    },
    stats::Durations,
};

/// About this much text describes one breaker.
const BYTES_PER_BREAKER: usize = 2_600;
/// `18446744073709551615` has this many digits.
const MOST_DIGITS: usize = 20;

/// The two formats differ in how they name counters, and in the last line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    OpenMetrics,
    /// Version 0.0.4.
    Text,
}

pub(super) struct Exposition<'a> {
    out: String,
    format: Format,
    family: &'static Family,
    /// Whether the head of the family is written, which its first sample does.
    ///
    /// A family without samples leaves no line.
    has_head: bool,
    /// `breaker="orders"`, or nothing for the series of a registry.
    breaker: &'a str,
    lines: Vec<Line>,
    /// How many lines this breaker has in this family so far.
    line: usize,
}

/// A line of the breaker before, without what differs.
///
/// Breakers have the same lines in the same order, so each line is composed once in most scrapes,
/// and copied after that.
#[derive(Default)]
struct Line {
    suffix: &'static str,
    labels: Vec<(&'static str, String)>,
    /// `fusebox_state{`
    before: String,
    /// `,state="open"} `
    after: String,
}

impl<'a> Exposition<'a> {
    pub(super) fn new(format: Format, breakers: usize) -> Self {
        Self {
            out: String::with_capacity((breakers + 1) * BYTES_PER_BREAKER),
            format,
            family: &FAMILIES[0],
            has_head: false,
            breaker: "",
            lines: Vec::new(),
            line: 0,
        }
    }

    /// Sets the family of the samples that follow.
    pub(super) fn begin(&mut self, family: &'static Family) {
        self.family = family;
        self.has_head = false;
        self.lines.clear();
        self.set_breaker("");
    }

    fn head(&mut self) {
        let family = self.family;
        let Family { name, help, .. } = family;
        let (suffix, kind) = match (family.kind, self.format) {
            (FamilyKind::Counter, Format::OpenMetrics) => ("", "counter"),
            (FamilyKind::Counter, Format::Text) => ("_total", "counter"),
            (FamilyKind::Gauge, _) => ("", "gauge"),
            (FamilyKind::Histogram, _) => ("", "histogram"),
        };
        let _ = writeln!(self.out, "# TYPE {name}{suffix} {kind}");
        if let (Some(unit), Format::OpenMetrics) = (family.unit(), self.format) {
            let _ = writeln!(self.out, "# UNIT {name} {unit}");
        }
        let _ = writeln!(self.out, "# HELP {name}{suffix} {help}");
        self.has_head = true;
    }

    /// Sets the label of the samples that follow.
    pub(super) fn set_breaker(&mut self, label: &'a str) {
        self.breaker = label;
        self.line = 0;
    }

    pub(super) fn finish(mut self) -> String {
        if self.format == Format::OpenMetrics {
            self.out.push_str("# EOF\n");
        }
        self.out
    }

    fn line(&mut self, suffix: &'static str, labels: Labels<'_>, value: SampleValue) {
        if !self.has_head {
            self.head();
        }
        if self.line == self.lines.len() {
            self.lines.push(Line::default());
        }
        let line = &mut self.lines[self.line];
        self.line += 1;
        let is_composed = self.family.is_uniform && !line.after.is_empty();
        debug_assert!(!is_composed || line.is(suffix, labels), "{}", self.family.name);
        if !is_composed && !line.is(suffix, labels) {
            line.compose(self.family.name, suffix, labels, self.breaker.is_empty());
        }
        self.out.push_str(&line.before);
        self.out.push_str(self.breaker);
        self.out.push_str(&line.after);
        match value {
            SampleValue::Whole(number) => push_number(&mut self.out, number),
            SampleValue::Float(0.0) => self.out.push('0'),
            SampleValue::Float(number) => {
                let _ = write!(self.out, "{number}");
            }
        }
        self.out.push('\n');
    }
}

impl Line {
    fn is(&self, suffix: &str, labels: Labels<'_>) -> bool {
        let own = self.labels.iter().map(|(name, value)| (*name, value.as_str()));
        // A line that was not composed yet has an empty end.
        !self.after.is_empty() && self.suffix == suffix && own.eq(labels.iter().copied())
    }

    fn compose(&mut self, name: &str, suffix: &'static str, labels: Labels<'_>, is_of_registry: bool) {
        self.suffix = suffix;
        let owned = labels.iter().map(|(name, value)| (*name, (*value).to_owned()));
        self.labels = owned.collect();
        self.before.clear();
        self.before.extend([name, suffix]);
        self.after.clear();
        if !(is_of_registry && labels.is_empty()) {
            self.before.push('{');
            for (index, (name, value)) in labels.iter().enumerate() {
                if index > 0 || !is_of_registry {
                    self.after.push(',');
                }
                push_label(&mut self.after, name, value);
            }
            self.after.push('}');
        }
        self.after.push(' ');
    }
}

impl Sink for Exposition<'_> {
    fn number(&mut self, labels: Labels<'_>, value: SampleValue) {
        self.line(self.family.kind.suffix(), labels, value);
    }

    fn durations(&mut self, labels: Labels<'_>, durations: &Durations) {
        let Some((last, labels_before)) = labels.split_last() else {
            return;
        };
        debug_assert!(labels_before.is_empty(), "a histogram has one label");
        let infinite = ("+Inf", durations.calls());
        let buckets = BOUNDS.map(|(label, bound)| (label, durations.calls_within(bound)));
        for (bound, calls) in buckets.into_iter().chain([infinite]) {
            self.line("_bucket", &[*last, ("le", bound)], SampleValue::Whole(calls));
        }
        self.line("_sum", labels, SampleValue::Float(durations.sum().as_secs_f64()));
        self.line("_count", labels, SampleValue::Whole(durations.calls()));
    }
}

/// Returns `breaker="name"`, or `breaker="group",key="key"`.
pub(super) fn breaker_label(name: &str, key: Option<&str>) -> String {
    let mut label = String::with_capacity(name.len() + 10);
    push_label(&mut label, "breaker", name);
    if let Some(key) = key {
        label.push(',');
        push_label(&mut label, "key", key);
    }
    label
}

fn push_label(out: &mut String, name: &str, value: &str) {
    out.extend([name, "=\""]);
    if value.bytes().any(|byte| matches!(byte, b'\\' | b'"' | b'\n')) {
        for letter in value.chars() {
            match letter {
                '\\' => out.push_str("\\\\"),
                '"' => out.push_str("\\\""),
                '\n' => out.push_str("\\n"),
                letter => out.push(letter),
            }
        }
    } else {
        out.push_str(value);
    }
    out.push('"');
}

/// Writes a number. Not by `write!`, which takes most of the time of a scrape.
fn push_number(out: &mut String, mut number: u64) {
    if number == 0 {
        // Most counters of most breakers.
        out.push('0');
        return;
    }
    let mut digits = [b'0'; MOST_DIGITS];
    let mut first = MOST_DIGITS;
    loop {
        first -= 1;
        digits[first] += u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.push_str(std::str::from_utf8(&digits[first..]).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_display() {
        for number in [0, 1, 9, 10, 1_234_567_890, u64::MAX] {
            let mut out = String::new();
            push_number(&mut out, number);
            assert_eq!(out, number.to_string());
        }
    }

    #[test]
    fn a_label_is_escaped() {
        assert_eq!(breaker_label("a\"b\\c\nd", None), r#"breaker="a\"b\\c\nd""#);
    }
}
