//! "Did you mean …?": the known name that is closest to what was typed.

/// Returns the candidate that was most likely meant.
///
/// A candidate matches, in this order, if it differs only in case, `_` and `-`; if it starts with
/// what was typed; if it is a few typos away; if it is a part of what was typed.
pub(crate) fn did_you_mean<'a>(typed: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let typed = plain(typed);
    let find = |test: &dyn Fn(&str) -> bool| candidates.iter().copied().find(|name| test(&plain(name)));
    find(&|name| name == typed)
        .or_else(|| (typed.len() >= 2).then(|| find(&|name| name.starts_with(&typed)))?)
        .or_else(|| closest(&typed, candidates))
        .or_else(|| find(&|name| name.len() >= 5 && typed.contains(name)))
}

fn closest<'a>(typed: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let limit = (typed.chars().count() / 3).max(1);
    let mut closest = None;
    let mut shortest = limit + 1;
    for name in candidates {
        let distance = edits(typed, &plain(name));
        if distance < shortest {
            closest = Some(*name);
            shortest = distance;
        }
    }
    closest
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
