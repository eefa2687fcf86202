//! The mistakes in the syntax of a file.

/// Quotes that text processors write.
const CURLY_QUOTES: [char; 6] = ['‘', '’', '“', '”', '„', '`'];

/// Returns the message for a mistake that the TOML parser found at this byte.
///
/// Most messages of the parser stand as they are. The commonest mistakes get what to write.
pub(super) fn message(text: &str, byte: usize, of_parser: &str) -> String {
    let of_parser = of_parser.trim_end_matches(", `#`");
    let start = text[..byte].rfind('\n').map_or(0, |end| end + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    let rest = text[byte..].lines().next().unwrap_or_default();
    if of_parser.starts_with("string values must be quoted") {
        return without_quotes(rest);
    }
    let quote = if of_parser.starts_with("invalid literal") {
        '\''
    } else {
        '"'
    };
    if of_parser.contains("string, expected") && rest.trim().is_empty() {
        return format!("the string is not closed; write `{quote}` at its end");
    }
    if let Some(header) = quoted_header(line) {
        return format!("a name with such characters needs quotes; did you mean `{header}`?");
    }
    let lacks_sign = of_parser.starts_with("key with no value") && line.contains(':');
    if lacks_sign || rest.starts_with(':') {
        return "a key and its value are joined by `=`, not by `:`".to_owned();
    }
    if rest.starts_with("//") {
        return "a comment begins with `#`".to_owned();
    }
    of_parser.to_owned()
}

fn without_quotes(rest: &str) -> String {
    let word = rest.split(['#', ',']).next().unwrap_or_default();
    let word = word.trim().trim_matches(CURLY_QUOTES);
    if word.is_empty() {
        return "the value is missing".to_owned();
    }
    format!("a string needs quotes; write `\"{word}\"`")
}

/// Returns `[breaker."inventory*"]` for `[breaker.inventory*]`.
fn quoted_header(line: &str) -> Option<String> {
    let line = line.trim_start_matches('\u{feff}').trim();
    let (header, after) = line.strip_prefix('[')?.rsplit_once(']')?;
    let (kind, name) = header.split_once('.')?;
    let is_kind = matches!(kind.trim(), "breaker" | "template");
    let needs_quotes = name.contains(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.'));
    let has_quotes = name.contains(['"', '\'']);
    let is_alone = after.trim().is_empty() || after.trim().starts_with('#');
    (is_kind && needs_quotes && !has_quotes && is_alone)
        .then(|| format!("[{}.\"{}\"]", kind.trim(), name.trim()))
}
