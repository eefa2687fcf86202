//! Thread-local values that are set while a future is polled, and restored
//! afterwards.

use std::cell::RefCell;

use crate::sync::LocalKey;

/// A thread-local slot for one value.
pub(crate) type ScopeSlot<T> = LocalKey<RefCell<T>>;

/// Returns the value of the innermost scope; the default while the thread ends.
#[cfg_attr(
    not(any(feature = "last-good", feature = "test-util")),
    allow(dead_code, reason = "isolated tests and observers of kept values use it")
)]
pub(crate) fn current<T: Clone + Default>(slot: &'static ScopeSlot<T>) -> T {
    slot.try_with(|value| value.borrow().clone()).unwrap_or_default()
}

/// Runs `poll` with this value in the slot, and puts the previous one back,
/// also when `poll` panics.
#[cfg_attr(
    not(any(feature = "last-good", feature = "test-util")),
    allow(dead_code, reason = "isolated tests and observers of kept values use it")
)]
pub(crate) fn within<T: 'static, R>(slot: &'static ScopeSlot<T>, value: T, poll: impl FnOnce() -> R) -> R {
    let _restore = Restore {
        slot,
        previous: slot.try_with(|current| current.replace(value)).ok(),
    };
    poll()
}

#[cfg_attr(
    not(any(feature = "last-good", feature = "test-util")),
    allow(dead_code, reason = "isolated tests and observers of kept values use it")
)]
struct Restore<T: 'static> {
    slot: &'static ScopeSlot<T>,
    previous: Option<T>,
}

impl<T: 'static> Drop for Restore<T> {
    fn drop(&mut self) {
        if let Some(previous) = self.previous.take() {
            // The value of this scope is dropped outside the borrow.
            let _ended = self.slot.try_with(|current| current.replace(previous));
        }
    }
}

/// A thread-local slot for the values of all scopes that enclose the running
/// code, outermost first.
pub(crate) type ScopeStack<T> = ScopeSlot<Vec<T>>;

/// Adds a value to those of the enclosing scopes, until [`pop`] removes it.
pub(crate) fn push<T: 'static>(stack: &'static ScopeStack<T>, value: T) {
    // While the thread ends there is no stack any more.
    let _pushed = stack.try_with(|values| values.borrow_mut().push(value));
}

/// Removes the innermost value, which is this one unless the thread ends.
pub(crate) fn pop<T: PartialEq + 'static>(stack: &'static ScopeStack<T>, value: &T) {
    let _popped = stack.try_with(|values| values.borrow_mut().pop_if(|innermost| innermost == value));
}

/// Runs `poll` in one more scope with this value.
pub(crate) fn nested<T: Copy + PartialEq + 'static, R>(
    stack: &'static ScopeStack<T>,
    value: T,
    poll: impl FnOnce() -> R,
) -> R {
    struct Pop<T: Copy + PartialEq + 'static>(&'static ScopeStack<T>, T);
    impl<T: Copy + PartialEq + 'static> Drop for Pop<T> {
        fn drop(&mut self) {
            pop(self.0, &self.1);
        }
    }
    push(stack, value);
    let _pop = Pop(stack, value);
    poll()
}

/// Returns the number of enclosing scopes.
pub(crate) fn depth<T: 'static>(stack: &'static ScopeStack<T>) -> usize {
    stack.try_with(|values| values.borrow().len()).unwrap_or(0)
}

/// Returns the number of enclosing scopes whose value is this one.
pub(crate) fn depth_of<T: PartialEq + 'static>(stack: &'static ScopeStack<T>, value: &T) -> usize {
    stack
        .try_with(|values| values.borrow().iter().filter(|other| *other == value).count())
        .unwrap_or(0)
}

#[cfg(all(test, not(fusebox_loom)))]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    thread_local! {
        static NUMBERS: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
    }

    fn within_number<R>(number: u32, poll: impl FnOnce() -> R) -> R {
        nested(&NUMBERS, number, poll)
    }

    #[test]
    fn a_scope_ends_with_its_poll_also_by_a_panic() {
        within_number(1, || {
            let panicking = || within_number(1, || std::panic::resume_unwind(Box::new(())));
            assert!(catch_unwind(AssertUnwindSafe::<fn()>(panicking)).is_err());
            assert_eq!(depth_of(&NUMBERS, &1), 1);
            within_number(2, || {
                within_number(1, || assert_eq!(depth_of(&NUMBERS, &1), 2));
                assert_eq!((depth_of(&NUMBERS, &1), depth_of(&NUMBERS, &2)), (1, 1));
            });
        });
        assert_eq!(depth_of(&NUMBERS, &1), 0);
    }
}
