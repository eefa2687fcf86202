//! The keys of the keyed scenario.

use std::{cell::Cell, sync::LazyLock};

const KEYS: usize = 100;

static TEXTS: LazyLock<Vec<String>> =
    LazyLock::new(|| (0..KEYS).map(|number| format!("region-{number}")).collect());

thread_local! {
    static NEXT: Cell<usize> = const { Cell::new(0) };
}

/// Returns the keys one after the other, in each thread.
pub(crate) fn next() -> impl Fn() -> &'static str + Copy {
    let texts = TEXTS.as_slice();
    move || {
        let at = NEXT.get();
        NEXT.set(if at + 1 == KEYS { 0 } else { at + 1 });
        &texts[at]
    }
}
