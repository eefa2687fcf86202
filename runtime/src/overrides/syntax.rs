//! What is wrong with the syntax of a file.

/// Returns the message for a mistake that the TOML parser found at this byte.
///
/// Most messages of the parser stand as they are. A value without quotes is so common that it gets
/// the form with quotes.
pub(super) fn message(text: &str, byte: usize, of_parser: &str) -> String {
    let of_parser = of_parser.trim_end_matches(", `#`");
    if !of_parser.starts_with("string values must be quoted") {
        return of_parser.to_owned();
    }
    let rest = text.get(byte..).unwrap_or_default();
    let word = rest.lines().next().unwrap_or_default();
    let word = word.split(['#', ',']).next().unwrap_or_default().trim();
    if word.is_empty() {
        return "the value is missing".to_owned();
    }
    format!("a string needs quotes; write `\"{word}\"`")
}
