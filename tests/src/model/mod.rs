//! A second breaker: slow, plain and obviously right, to compare the real one with.
//!
//! It is written from the rules R1–R19 alone: no atomics, no packed words, windows as vectors that are filtered and
//! counted on every question, time as a signed number of nanoseconds that neither saturates nor wraps.
//!
//! # Decisions where the rules are silent
//!
//! * **A new generation starts empty.** Every change of generation (state change, `trip()`, `reset()`, override set or
//!   released) empties the window and the trial counts: what is out is late from then on.
//! * **Slow and dropped, of an older generation:** a result like any other, so it is late; only a neutral drop is
//!   `cancelled` whatever its generation.
//! * **Events name the state that is stored, not the one that is read:** an Open breaker whose cooldown is over is
//!   forced *from Open*, and released *to Open*; the change to `HalfOpen` is announced by the call that makes it. So the
//!   log is always a path.
//! * **Failure times are judged at the newest stamp**, which is the clock unless the clock stepped back.
//! * **`minimum_calls` guards every share**, that of the failures and that of the slow calls; a threshold that is a
//!   number of failures needs no minimum.
//! * **`trip()` in `HalfOpen` is not a reopening:** the cooldown keeps its length, only an automatic reopening doubles it.
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
pub use call::{Admission, End, Rejection, State, Story};
pub use settings::{MILLION, Nanos, Settings, Threshold, Window};
pub use totals::Totals;
pub use window::Counts;
