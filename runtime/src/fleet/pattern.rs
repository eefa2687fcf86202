//! Patterns of breaker names: `*` stands for any characters.

/// Returns whether the name matches the pattern.
///
/// All other characters stand for themselves: names such as `inventory[eu-1]` contain the brackets
/// that other pattern languages use.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(mut name) = name.strip_prefix(start) else {
        return false;
    };
    let mut parts = rest.split('*');
    let end = parts.next_back().unwrap_or("");
    for part in parts {
        match name.split_once(part) {
            Some((_, after)) => name = after,
            None => return false,
        }
    }
    name.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, name) in [
            ("*", ""),
            ("*", "inventory"),
            ("inventory", "inventory"),
            ("inventory[*]", "inventory[eu-1]"),
            ("*[eu-*]", "inventory[eu-1]"),
            ("a*b*c", "abbc"),
            ("a*a", "aa"),
            ("**", "x"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("", "inventory"),
            ("inventory", "inventory2"),
            ("inv*x", "inventory"),
            ("a*a", "a"),
            ("a*b*c", "acb"),
            ("*[us-*]", "inventory[eu-1]"),
        ] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }
}
