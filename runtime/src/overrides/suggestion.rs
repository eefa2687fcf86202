//! "Did you mean …?": the name that is closest to what was typed. The attribute
//! has the same rules.

/// Returns the candidate that was most likely meant.
///
/// A candidate matches, in this order, if it differs only in case, `_` and `-`; if it starts with
/// what was typed; if it is a few typos away; if it is a part of what was typed.
pub(super) fn did_you_mean<'a>(
    typed: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let typed = plain(typed);
    let candidates: Vec<_> = candidates.into_iter().map(|name| (plain(name), name)).collect();
    let find = |test: &dyn Fn(&str) -> bool| {
        let found = candidates.iter().find(|(plain, _)| test(plain));
        found.map(|(_, name)| *name)
    };
    find(&|name| name == typed)
        .or_else(|| (typed.len() >= 2).then(|| find(&|name| name.starts_with(&typed)))?)
        .or_else(|| closest(&typed, &candidates))
        .or_else(|| find(&|name| name.len() >= 5 && typed.contains(name)))
}

fn closest<'a>(typed: &str, candidates: &[(String, &'a str)]) -> Option<&'a str> {
    let limit = (typed.chars().count() / 3).max(1);
    candidates
        .iter()
        .map(|(plain, name)| (edits(typed, plain), *name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Returns the name in lower case, without `_` and `-`.
fn plain(name: &str) -> String {
    let mut plain = name.to_lowercase();
    plain.retain(|c| !matches!(c, '_' | '-'));
    plain
}

/// Returns the Levenshtein distance of two words.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((right, diagonal), above) in b.iter().zip(&row).zip(row.iter().skip(1)) {
            let before = next.last().copied().unwrap_or_default();
            let replaced = diagonal + usize::from(left != *right);
            next.push(replaced.min(above + 1).min(before + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    /// Returns the functions of a source, without what lists of candidates differ
    /// in.
    fn functions(source: &str) -> Vec<&str> {
        let code = source.split("#[cfg(test)]").next().expect("code");
        let names = ["fn plain(", "fn edits("];
        let function = |name| {
            let start = code.find(name).expect("both have it");
            let length = code[start..].find("\n}").expect("its end");
            &code[start..start + length]
        };
        names.map(function).to_vec()
    }

    /// Returns the steps of `did_you_mean`, in order, and the bound of `closest`.
    fn rules(source: &str) -> Vec<String> {
        let code = source.split("#[cfg(test)]").next().expect("code").lines();
        let is_rule = |line: &&str| {
            let line = line.trim_start();
            line.starts_with("find(&") || line.starts_with(".or_else(") || line.contains("let limit")
        };
        code.filter(is_rule)
            .map(|line| line.trim().replace("&candidates", "candidates"))
            .collect()
    }

    #[test]
    fn the_attribute_suggests_by_the_same_rules() {
        let of_attribute = include_str!("../../../macros/src/diagnostics/suggestions.rs");
        let own = include_str!("suggestion.rs");
        assert_eq!(functions(own), functions(of_attribute));
        let rules_of_attribute = rules(of_attribute);
        assert_eq!(rules(own), rules_of_attribute);
        assert_eq!(rules_of_attribute.len(), 5, "{rules_of_attribute:?}");
    }
}
