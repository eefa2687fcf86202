//! The text of the error of the call that tripped the breaker, without a bound
//! on its type.

use std::{cell::Cell, error::Error, fmt, future::pending, panic::AssertUnwindSafe, rc::Rc, time::Duration};

use fusebox::{Refusal, Rejected, TimedOut, circuit_breaker, testing::isolated};
use fusebox_tests::called;

/// The text of the last trip of this breaker.
fn text(name: &str) -> Option<String> {
    let breaker = called::breaker(&fusebox::Registry::current(), name);
    let trip = breaker.snapshot().last_trip.expect("it tripped");
    trip.error.as_deref().map(ToOwned::to_owned)
}

/// An error with a text.
struct Shown(&'static str);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// An error that only its author reads.
#[derive(Debug)]
struct OnlyDebug(#[allow(dead_code, reason = "for `Debug`")] u16);

/// An error without any text.
struct Mute;

macro_rules! from_refusals {
    ($($error:ty => $made:expr),* $(,)?) => {
        $(
            impl From<Rejected> for $error {
                fn from(_: Rejected) -> Self {
                    $made
                }
            }
            impl From<TimedOut> for $error {
                fn from(_: TimedOut) -> Self {
                    $made
                }
            }
        )*
    };
}

from_refusals! { Shown => Self("refused"), OnlyDebug => Self(0), Mute => Self }

#[circuit_breaker(name = "text.shown", threshold = 1)]
async fn shown() -> Result<(), Shown> {
    Err(Shown("connection refused"))
}

#[tokio::test]
async fn an_error_with_display_shows_it() {
    isolated(async {
        drop(shown().await);
        assert_eq!(text("text.shown").as_deref(), Some("connection refused"));
    })
    .await;
}

#[circuit_breaker(name = "text.debug", threshold = 1)]
async fn only_debug() -> Result<(), OnlyDebug> {
    Err(OnlyDebug(503))
}

#[tokio::test]
async fn an_error_with_debug_alone_shows_that() {
    isolated(async {
        drop(only_debug().await);
        assert_eq!(text("text.debug").as_deref(), Some("OnlyDebug(503)"));
    })
    .await;
}

#[circuit_breaker(name = "text.mute", threshold = 1)]
async fn mute() -> Result<(), Mute> {
    Err(Mute)
}

#[tokio::test]
async fn an_error_without_either_needs_none_and_shows_nothing() {
    isolated(async {
        drop(mute().await);
        assert_eq!(text("text.mute"), None);
    })
    .await;
}

#[circuit_breaker(name = "text.boxed", threshold = 1)]
async fn boxed() -> Result<(), Box<dyn Error + Send + Sync>> {
    Err("disk full".into())
}

#[tokio::test]
async fn a_boxed_error_shows_the_error_in_the_box() {
    isolated(async {
        drop(boxed().await);
        assert_eq!(text("text.boxed").as_deref(), Some("disk full"));
    })
    .await;
}

#[circuit_breaker(name = "text.opaque", threshold = 1, error = |_| Shown("refused"))]
async fn opaque() -> Result<(), impl fmt::Display> {
    Err(Shown("hidden behind `impl`"))
}

#[circuit_breaker(name = "text.opaque-debug", threshold = 1, error = |_| OnlyDebug(0))]
fn opaque_debug() -> Result<impl Sized, impl fmt::Debug> {
    Err::<(), _>(OnlyDebug(1))
}

#[tokio::test]
async fn an_opaque_error_shows_the_text_of_the_type_behind_it() {
    isolated(async {
        drop(opaque().await);
        drop(opaque_debug());
        assert_eq!(text("text.opaque").as_deref(), Some("hidden behind `impl`"));
        assert_eq!(text("text.opaque-debug").as_deref(), Some("OnlyDebug(1)"));
    })
    .await;
}

/// No call of the generic functions is refused.
fn refused<E>(_: Refusal) -> E {
    unreachable!()
}

#[circuit_breaker(name = "text.generic", threshold = 1, error = refused)]
async fn generic<E: fmt::Display>(error: E) -> Result<(), E> {
    Err(error)
}

#[circuit_breaker(name = "text.generic-mute", threshold = 1, error = refused)]
async fn generic_mute<E>(error: E) -> Result<(), E> {
    Err(error)
}

#[tokio::test]
async fn a_generic_function_shows_what_its_own_bounds_promise() {
    isolated(async {
        drop(generic(Shown("by its bound")).await);
        drop(generic_mute(Shown("without a bound")).await);
        assert_eq!(text("text.generic").as_deref(), Some("by its bound"));
        assert_eq!(text("text.generic-mute"), None);
    })
    .await;
}

#[circuit_breaker(name = "text.sync", threshold = 1)]
fn synchronous() -> Result<(), Shown> {
    Err(Shown("from a thread"))
}

#[tokio::test]
async fn a_synchronous_function_shows_its_error() {
    isolated(async {
        drop(synchronous());
        assert_eq!(text("text.sync").as_deref(), Some("from a thread"));
    })
    .await;
}

#[circuit_breaker(name = "text.pattern", threshold = 1, failure = Err(Shown("down")) | Ok(0))]
async fn by_pattern(answer: Result<u8, Shown>) -> Result<u8, Shown> {
    answer
}

#[tokio::test]
async fn a_pattern_shows_the_err_that_it_matches() {
    isolated(async {
        drop(by_pattern(Err(Shown("down"))).await);
        assert_eq!(text("text.pattern").as_deref(), Some("down"));
    })
    .await;
}

#[tokio::test]
async fn an_ok_that_counts_as_a_failure_has_no_error_to_show() {
    isolated(async {
        drop(by_pattern(Ok(0)).await);
        assert_eq!(text("text.pattern"), None);
    })
    .await;
}

#[derive(Debug, PartialEq)]
enum Health {
    Up,
    Down,
}

#[circuit_breaker(name = "text.plain", threshold = 1, failure = Health::Down, fallback = |_| Health::Up)]
async fn without_result() -> Health {
    Health::Down
}

#[tokio::test]
async fn an_answer_that_is_not_a_result_has_no_error_to_show() {
    isolated(async {
        assert_eq!(without_result().await, Health::Down);
        assert_eq!(text("text.plain"), None);
    })
    .await;
}

#[circuit_breaker(name = "text.fallback", threshold = 1, fallback = |_| Ok(1), fallback_on = "failure")]
async fn with_fallback() -> Result<u8, Shown> {
    Err(Shown("answered by the fallback"))
}

#[tokio::test]
async fn a_failure_that_a_fallback_answers_shows_its_error() {
    isolated(async {
        assert!(matches!(with_fallback().await, Ok(1)));
        assert_eq!(text("text.fallback").as_deref(), Some("answered by the fallback"));
    })
    .await;
}

#[circuit_breaker(name = "text.timeout", threshold = 1, timeout = "50ms")]
async fn hung() -> Result<(), Mute> {
    pending().await
}

#[tokio::test(start_paused = true)]
async fn a_timeout_shows_itself() {
    isolated(async {
        drop(hung().await);
        assert_eq!(text("text.timeout").as_deref(), Some("timed out after 50ms"));
    })
    .await;
}

#[circuit_breaker(name = "text.panic", threshold = 1)]
fn panicking() -> Result<(), Mute> {
    std::panic::resume_unwind(Box::new("a bug"))
}

#[tokio::test]
async fn a_panic_shows_itself() {
    isolated(async {
        let panicked = std::panic::catch_unwind(AssertUnwindSafe(panicking));
        assert!(panicked.is_err());
        assert_eq!(text("text.panic").as_deref(), Some("the call panicked"));
    })
    .await;
}

#[circuit_breaker(name = "text.slow", threshold = 1, slow_call = "1s")]
async fn slow() -> Result<(), Mute> {
    tokio::time::sleep(Duration::from_secs(1)).await;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_slow_success_shows_that_it_was_slow() {
    isolated(async {
        drop(slow().await);
        assert_eq!(text("text.slow").as_deref(), Some("the call was slow"));
    })
    .await;
}

/// Counts how often it is formatted.
#[derive(Clone, Default)]
struct Counting(Rc<Cell<u32>>);

impl fmt::Display for Counting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.set(self.0.get() + 1);
        f.write_str("counted")
    }
}

from_refusals! { Counting => Self::default() }

#[circuit_breaker(name = "text.counting", threshold = 3)]
async fn counting(error: Counting) -> Result<(), Counting> {
    Err(error)
}

#[tokio::test]
async fn only_the_call_that_trips_formats_its_error() {
    isolated(async {
        let error = Counting::default();
        for formatted in [0, 0, 1] {
            drop(counting(error.clone()).await);
            assert_eq!(error.0.get(), formatted);
        }
        assert_eq!(text("text.counting").as_deref(), Some("counted"));
    })
    .await;
}

#[tokio::test]
async fn a_stale_failure_does_not_format_its_error() {
    isolated(async {
        let error = Counting::default();
        for _ in 0..3 {
            drop(counting(Counting::default()).await);
        }
        let breaker = called::breaker(&fusebox::Registry::current(), "text.counting");
        breaker.end_cooldown();
        let trial = breaker.try_acquire().expect("a trial call");
        breaker.reset();
        trial.failure_with(&error);
        assert_eq!(error.0.get(), 0);
    })
    .await;
}

/// A `Display` that uses the breaker, then panics.
struct Hostile;

impl fmt::Display for Hostile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let breaker = called::breaker(&fusebox::Registry::current(), "text.hostile");
        f.write_str(breaker.snapshot().state.as_str())?;
        std::panic::resume_unwind(Box::new("in `Display`"))
    }
}

from_refusals! { Hostile => Self }

#[circuit_breaker(name = "text.hostile", threshold = 1)]
async fn hostile() -> Result<(), Hostile> {
    Err(Hostile)
}

#[tokio::test]
async fn a_display_that_uses_the_breaker_and_panics_costs_the_text_alone() {
    isolated(async {
        assert!(hostile().await.is_err());
        assert_eq!(text("text.hostile"), None);
        assert_eq!(fusebox::Registry::current().subscriber_panics(), 1);
    })
    .await;
}

#[circuit_breaker(name = "text.long", threshold = 1)]
async fn long() -> Result<(), Box<dyn Error>> {
    Err(format!("first line\nsecond\u{1b}[31m {}", "x".repeat(1000)).into())
}

#[tokio::test]
async fn a_long_text_of_several_lines_is_one_line_of_200_characters() {
    isolated(async {
        drop(long().await);
        let text = text("text.long").expect("a text");
        assert!(text.starts_with("first line second [31m xxx"), "{text}");
        assert_eq!(text.chars().count(), 200);
    })
    .await;
}
