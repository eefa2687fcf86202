//! The part of a long list that a request is for.

use http::StatusCode;

use super::{answer::Problem, route::decode};

/// How many entries an answer has unless `limit` is given.
const USUAL: usize = 100;
/// How many entries an answer has at most.
const MOST: usize = 1_000;

/// A part of a list: `?search=eu&offset=100&limit=50`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PageOf {
    search: String,
    pub(super) offset: usize,
    pub(super) limit: usize,
}

impl PageOf {
    /// Reads the query of a request.
    pub(super) fn parse(query: &str) -> Result<Self, Problem> {
        let mut page = Self {
            search: String::new(),
            offset: 0,
            limit: USUAL,
        };
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            match key {
                "search" => page.search = decode(value)?.to_lowercase(),
                "offset" => page.offset = number(key, value, 0..=usize::MAX)?,
                "limit" => page.limit = number(key, value, 1..=MOST)?,
                _ => {
                    return Err(wrong(format!(
                        "`{key}` is not one of `search`, `offset` and `limit`"
                    )));
                }
            }
        }
        Ok(page)
    }

    /// Returns whether this text contains what is searched for, in any case.
    pub(super) fn matches(&self, text: &str) -> bool {
        self.search.is_empty() || text.to_lowercase().contains(&self.search)
    }
}

fn number(key: &str, text: &str, allowed: std::ops::RangeInclusive<usize>) -> Result<usize, Problem> {
    let number = text.parse().ok().filter(|number| allowed.contains(number));
    number.ok_or_else(|| {
        let first = allowed.start();
        let bound = match *allowed.end() {
            usize::MAX => format!("from {first}"),
            last => format!("from {first} to {last}"),
        };
        wrong(format!("`{key}` must be a whole number {bound}"))
    })
}

fn wrong(message: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_given_has_a_default() {
        let page = PageOf::parse("").unwrap();
        assert_eq!(
            (page.offset, page.limit, page.matches("anything")),
            (0, 100, true)
        );
    }

    #[test]
    fn a_search_is_decoded_and_ignores_case() {
        let page = PageOf::parse("search=EU%2F1&offset=7&limit=1000").unwrap();
        assert_eq!((page.offset, page.limit), (7, 1000));
        assert!(page.matches("host-eu/12") && !page.matches("us/1"));
    }

    #[test]
    fn every_mistake_is_refused_with_what_to_write() {
        for (query, said) in [
            ("limit=0", "from 1 to 1000"),
            ("limit=1001", "from 1 to 1000"),
            ("limit=many", "from 1 to 1000"),
            ("offset=-1", "from 0"),
            ("search=%ff", "percent-encoded UTF-8"),
            ("serach=eu", "`serach` is not one of"),
        ] {
            let problem = PageOf::parse(query).unwrap_err();
            assert!(format!("{problem:?}").contains(said), "{query}: {problem:?}");
        }
    }
}
