//! Which paths a text names with `crate::`.

/// Every path that starts with `crate::`, without the `crate`.
pub(crate) fn named_paths(code: &str) -> Vec<Vec<String>> {
    code.split("crate::").skip(1).flat_map(tree_paths).collect()
}

/// The paths of `a::{b, c::{self, d as e}}` at the start of the text.
pub(crate) fn tree_paths(text: &str) -> Vec<Vec<String>> {
    let text = text.trim_start();
    let end = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if let Some(group) = text.strip_prefix('{') {
        return split_group(group).into_iter().flat_map(tree_paths).collect();
    }
    let here = vec![name.to_owned()];
    match rest.strip_prefix("::") {
        None => vec![here],
        Some(rest) => tree_paths(rest)
            .into_iter()
            .map(|below| {
                here.iter()
                    .cloned()
                    .chain(
                        below
                            .into_iter()
                            .filter(|name| name != "self" && !name.is_empty()),
                    )
                    .collect()
            })
            .collect(),
    }
}

/// The members of a group, from behind its opening brace to its closing one.
fn split_group(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut members) = (0, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '}' | ',' if depth == 0 => members.push(&text[std::mem::replace(&mut start, at + 1)..at]),
            _ => {}
        }
        if c == '}' && start == at + 1 {
            break;
        }
    }
    members.retain(|member| !member.trim().is_empty());
    members
}

#[test]
fn the_test_reads_trees_of_paths() {
    let paths = named_paths("use crate::{a::{B, c::{self, D as E}}, f::g}; crate::h::I::new(x, y);");
    let paths: Vec<_> = paths.iter().map(|path| path.join("::")).collect();
    assert_eq!(paths, ["a::B", "a::c", "a::c::D", "f::g", "h::I::new"]);
}
