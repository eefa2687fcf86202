//! The breakers that an operator means.

use crate::{arguments::Names, failure::Failure};

/// Returns the breakers of these names and patterns among the known ones.
///
/// A name without a pattern need not be known: an instance that has it may start later.
/// Several breakers of one pattern need `--yes`.
pub(crate) fn resolve<'a>(
    names: &Names,
    known: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<String>, Failure> {
    let known: Vec<&str> = known.into_iter().collect();
    let mut found: Vec<String> = Vec::new();
    for name in &names.names {
        if !name.contains('*') {
            found.push(name.clone());
            continue;
        }
        let matching: Vec<&str> = known
            .iter()
            .copied()
            .filter(|known| matches(name, known))
            .collect();
        match matching[..] {
            [] => return Err(Failure::Refused(format!("no known breaker matches `{name}`"))),
            [_] => {}
            _ if names.yes => {}
            _ => {
                return Err(Failure::Refused(format!(
                    "`{name}` matches {} breakers: {}; add `--yes` to act on all of them",
                    matching.len(),
                    matching.join(", ")
                )));
            }
        }
        found.extend(matching.into_iter().map(str::to_owned));
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// Returns whether the name matches: `*` stands for any characters.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|name| {
            let mut ends = name.char_indices().map(|(at, _)| at).chain([name.len()]);
            ends.any(|at| matches(rest, &name[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 3] = ["inventory[eu-1]", "inventory[eu-2]", "payments"];

    fn resolved(names: &[&str], yes: bool) -> Result<Vec<String>, String> {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        resolve(&Names { names, yes }, KNOWN).map_err(|failure| failure.to_string())
    }

    #[test]
    fn several_matches_need_a_yes() {
        assert_eq!(
            resolved(&["inventory*"], false).unwrap_err(),
            "`inventory*` matches 2 breakers: inventory[eu-1], inventory[eu-2]; add `--yes` to act on all of them"
        );
        assert_eq!(resolved(&["inventory*"], true).unwrap().len(), 2);
        assert_eq!(resolved(&["pay*"], false).unwrap(), ["payments"]);
        assert!(resolved(&["x*"], true).unwrap_err().contains("no known breaker"));
        assert_eq!(resolved(&["new", "new"], false).unwrap(), ["new"]);
    }
}
