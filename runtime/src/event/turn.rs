//! The turn to call a subscriber.

use crate::sync::{AtomicU64, Ordering};

/// A thread calls the subscriber, or is about to.
const DELIVERING: u64 = 1;
/// The queue may hold events.
const QUEUED: u64 = 1 << 1;
/// The subscriber has left.
const CLOSED: u64 = 1 << 2;

/// The turn to call one subscriber, which one thread has at a time.
///
/// With an empty queue, a thread takes the turn and ends it by one compare-exchange each. These two
/// steps happen without the lock of the inbox, and all others under it:
///
/// ```text
/// nothing set  ──▶  DELIVERING     `try_begin`, by the holder of a breaker's control lock
/// DELIVERING   ──▶  nothing set    `try_end`
/// ```
///
/// Both fail if any other bit is set. So while events are queued, the lock alone decides.
pub(super) struct DeliveryTurn(AtomicU64);

impl DeliveryTurn {
    pub(super) fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Takes the turn, if no thread has it, nothing is queued and the subscriber
    /// has not left.
    pub(super) fn try_begin(&self) -> bool {
        // Acquire: the subscriber sees what its call before this one wrote. Failure needs nothing:
        // the caller takes the lock.
        self.0
            .compare_exchange(0, DELIVERING, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
    }

    /// Ends the turn of this thread, unless an event was queued or the subscriber
    /// has left meanwhile.
    pub(super) fn try_end(&self) -> bool {
        // Release: pairs with the Acquire of the next turn. Failure needs nothing, as above.
        self.0
            .compare_exchange(DELIVERING, 0, Ordering::Release, Ordering::Relaxed)
            .is_ok()
    }

    /// Marks that an event was queued. Under the lock.
    pub(super) fn set_queued(&self) {
        // Relaxed, here and below: the lock orders the queue.
        self.0.fetch_or(QUEUED, Ordering::Relaxed);
    }

    /// Marks that the queue is empty. Under the lock.
    pub(super) fn set_empty(&self) {
        self.0.fetch_and(!QUEUED, Ordering::Relaxed);
    }

    /// Takes the turn, if no thread has it.
    ///
    /// Under the lock, while events are queued.
    pub(super) fn begin(&self) -> bool {
        // Acquire: as in `try_begin`.
        self.0.fetch_or(DELIVERING, Ordering::Acquire) & DELIVERING == 0
    }

    /// Ends the turn of this thread. Under the lock.
    ///
    /// Returns whether the subscriber has left.
    pub(super) fn end(&self) -> bool {
        // Release: as in `try_end`.
        self.0.fetch_and(!DELIVERING, Ordering::Release) & CLOSED != 0
    }

    /// Marks that the subscriber has left.
    ///
    /// Under the lock. No further turn begins.
    pub(super) fn close(&self) {
        self.0.fetch_or(CLOSED, Ordering::Relaxed);
    }

    pub(super) fn is_closed(&self) -> bool {
        self.0.load(Ordering::Relaxed) & CLOSED != 0
    }

    /// Returns whether a thread has the turn. Under the lock, after
    /// [`close`](Self::close).
    pub(super) fn is_taken(&self) -> bool {
        // Acquire: the subscriber's last call is over.
        self.0.load(Ordering::Acquire) & DELIVERING != 0
    }
}
