//! Fallbacks that answer for each other: while one of them can all is well, and when none can it must not overflow the stack.

use std::cell::Cell;

use crate::__private::call_site::CallSite;

/// How many fallbacks may answer for each other. More is a circle.
const DEEPEST: u32 = 32;

thread_local! {
    /// How many fallbacks are being polled on this thread, one inside the other.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Polls a fallback, one deeper.
///
/// # Panics
/// In a circle: every breaker of it rejects, and every fallback asks the next.
pub(crate) fn nested<T>(site: &'static CallSite, poll: impl FnOnce() -> T) -> T {
    struct Restore(u32);
    impl Drop for Restore {
        fn drop(&mut self) {
            DEPTH.set(self.0);
        }
    }
    let depth = DEPTH.get();
    assert!(
        depth < DEEPEST,
        "the fallback of circuit breaker `{}` is in a circle of fallbacks that are all rejected",
        site.breaker().name()
    );
    let _restore = Restore(DEPTH.replace(depth + 1));
    poll()
}
