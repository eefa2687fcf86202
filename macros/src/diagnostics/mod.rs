//! Collects every mistake of one attribute, so that one run of the compiler shows them all.

use proc_macro2::{Span, TokenStream};

/// The mistakes found so far, each on one token.
#[derive(Default)]
pub(crate) struct Errors {
    found: Vec<syn::Error>,
}

impl Errors {
    /// Reports a mistake: what is wrong, then what to write.
    pub(crate) fn push(&mut self, span: Span, message: impl std::fmt::Display) {
        self.found.push(syn::Error::new(span, message));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The `compile_error!` calls. They go after everything else: rust-analyzer completes nothing behind them.
    pub(crate) fn to_tokens(&self) -> TokenStream {
        self.found.iter().map(syn::Error::to_compile_error).collect()
    }
}

/// The candidate that was most likely meant: the same but for case and dashes, a prefix, a part, or a few typos away.
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
    candidates
        .iter()
        .map(|name| (edits(typed, &plain(name)), *name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The Levenshtein distance.
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
