//! A second breaker: slow, plain and obviously right.
//! The tests compare the real breaker with it.
//!
//! It is written from the rules R1–R21 alone: no atomics, no packed words, windows as vectors that
//! are filtered and counted for every answer, time as a signed number of nanoseconds that neither
//! saturates nor wraps.
//!
//! # Decisions where the rules are silent
//!
//! * **A new generation starts empty.** Every change of generation (state change, `trip()`,
//!   `reset()`, override set or released, other settings) empties the window and the trial counts.
//!   Calls that have not ended are late from then on.
//! * **Slow and dropped, of an older generation:** a result like any other, so it is late. A
//!   neutral drop has no result, so it is never late.
//! * **A call inside a trial call** is in the totals like every other call (R3, R20). A trial
//!   call of an older generation encloses nothing: it holds no slot.
//! * **An extra trial that is ignored or cancelled** gives its admission back, unless another trial
//!   call was admitted after it (R9).
//! * **`reset()` also forgets the abandoned trial calls** (R21), as every way to Closed does.
//! * **Slow and dropped, with `slow_threshold`, in Closed:** a slow call that did not fail, so the
//!   totals count it among the successes; each ended call is in one of four totals.
//! * **Events name the state that is stored, not the one that is read:** an Open breaker whose
//!   cooldown is over is forced *from Open*, and released *to Open*; the change to `HalfOpen` is
//!   announced by the call that makes it. So the log is always a path.
//! * **Stamps never go back.** A failure is stamped with the clock or with the newest stamp of this
//!   breaker, also across generations. A call in a window with buckets is counted in the bucket of
//!   the clock, or in the newest of this generation.
//! * **A window with buckets** has ten, each a tenth of its length, rounded up. They are counted
//!   from the clock's zero. The window is the bucket of the clock (or, after a step back, the
//!   newest of this generation) and the nine before it.
//! * **A number of failures within a time, and a slow-call rate:** the failures are judged exactly,
//!   the rate over buckets.
//! * **`minimum_calls` guards both rates**, the failure rate and the slow-call rate. A threshold
//!   that is a number of failures needs no minimum.
//! * **`trip()` in `HalfOpen` is not a reopening:** the cooldown keeps its length, only an
//!   automatic reopening doubles it.
//! * **`WouldTrip` is sent at most once per `cooldown`**, undoubled: that is what a trip from
//!   Closed lasts. The window is emptied each time the threshold is reached, with an event or not.
//! * **`slow_call` is that of the end of a call**, for calls that were admitted while any was set;
//!   the others have no age.
//! * **The age of a call** is zero while the clock stands before its admission.

mod admit;
mod breaker;
mod call;
mod operator;
mod settings;
mod settle;
mod totals;
mod window;

pub use breaker::{Breaker, Trials};
pub use call::{Admission, End, Rejection, State, Story, Why};
pub use settings::{MILLION, Nanos, Settings, Threshold, Window};
pub use totals::Totals;
pub use window::Counts;
