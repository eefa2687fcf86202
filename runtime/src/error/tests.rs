//! The messages, sizes and conversions of refusals.

use std::{error::Error, fmt, io, iter::successors, sync::Arc, time::Duration};

use super::{CallError, Cause, Refusal, Rejected, TimedOut, rounded::Rounded};
use crate::{
    clock::nanos,
    config::name::{BreakerName, NameRef},
    state::State,
};

fn payments() -> NameRef {
    BreakerName::fixed("payments").reference()
}

#[test]
fn a_rejection_names_breaker_state_and_wait() {
    let open = Rejected::new(payments(), State::Open, Some(12_000_000_000));
    assert_eq!(
        open.to_string(),
        "circuit breaker `payments` is open, retry in 12s"
    );
    let forced = Rejected::new(payments(), State::ForcedOpen, None);
    assert_eq!(forced.to_string(), "circuit breaker `payments` is forced open");
}

#[test]
fn a_wait_is_rounded_up() {
    for (nanos, text) in [
        (1, "1µs"),
        (1_000_001, "2ms"),
        (1_000_000_001, "1.1s"),
        (12_000_000_001, "13s"),
        (999_999_999, "1s"),
    ] {
        assert_eq!(Rounded(Duration::from_nanos(nanos)).to_string(), text);
    }
}

fn open(retry_after: Option<Duration>) -> Rejected {
    Rejected::new(payments(), State::Open, retry_after.map(nanos))
}

fn late() -> TimedOut {
    TimedOut::new(payments(), Duration::from_secs(1))
}

#[test]
fn a_rejection_has_16_bytes_and_keeps_its_parts() {
    assert_eq!(size_of::<Rejected>(), 16);
    assert_eq!(size_of::<Option<Rejected>>(), 16);
    let year = Duration::from_secs(365 * 86_400);
    for state in [State::Open, State::HalfOpen, State::ForcedOpen] {
        for wait in [
            None,
            Some(Duration::ZERO),
            Some(Duration::from_nanos(1)),
            Some(year * 100),
        ] {
            let rejected = Rejected::new(payments(), state, wait.map(nanos));
            assert_eq!((rejected.state(), rejected.retry_after()), (state, wait));
        }
    }
    let longest = open(Some(Duration::MAX)).retry_after().expect("some wait");
    assert!(longest > year * 146, "it saturates, and is still a wait");
}

#[test]
fn all_convert_into_io_errors() {
    let error = io::Error::from(Refusal::from(late()));
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    assert_eq!(
        error.to_string(),
        "call through circuit breaker `payments` timed out after 1s"
    );
    for error in [
        io::Error::from(open(None)),
        io::Error::from(Refusal::from(open(None))),
    ] {
        assert_eq!(error.kind(), io::ErrorKind::Other, "no retry helper repeats it");
        assert_eq!(error.to_string(), "circuit breaker `payments` is open");
    }
}

#[test]
fn a_refusal_is_an_http_answer() {
    let rejected = |nanos| Refusal::from(open(Some(Duration::from_nanos(nanos))));
    assert_eq!(rejected(1).status(), 503);
    assert_eq!(rejected(1).retry_after_secs(), Some(1), "rounded up");
    assert_eq!(rejected(2_000_000_000).retry_after_secs(), Some(2));
    assert_eq!(rejected(2_000_000_001).retry_after_secs(), Some(3));
    assert_eq!(rejected(0).retry_after_secs(), Some(0));
    assert_eq!(Refusal::from(open(None)).retry_after_secs(), None);
    let late = Refusal::from(late());
    assert_eq!((late.status(), late.retry_after_secs()), (504, None));
    assert_eq!(
        (late.name(), rejected(1).name()),
        ("payments".into(), "payments".into())
    );
}

#[test]
fn a_rejection_is_found_wherever_it_is() {
    let rejected = open(None);
    let payload = io::Error::other(io::Error::from(rejected));
    let call: CallError<io::Error> = rejected.into();
    let refusal = Refusal::from(rejected);
    let of_arc: Arc<dyn Error + Send + Sync> = Arc::new(io::Error::other(refusal));
    let errors: [&(dyn Error + 'static); 9] = [
        &rejected,
        &payload,
        &call,
        &refusal,
        &Box::new(rejected),
        &Arc::new(refusal),
        &Arc::new(io::Error::other(rejected)),
        &of_arc,
        &io::Error::other(Arc::clone(&of_arc)),
    ];
    for error in errors {
        assert_eq!(Rejected::find(error), Some(&rejected), "{error:?}");
    }
    let others: [&(dyn Error + 'static); 3] = [
        &late(),
        &Refusal::from(late()),
        &io::Error::from(io::ErrorKind::ConnectionRefused),
    ];
    for error in others {
        assert_eq!(Rejected::find(error), None, "{error:?}");
    }
}

/// An error in a chain.
#[derive(Debug)]
struct Link(Option<io::Error>);

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("link")
    }
}

impl Error for Link {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0 {
            Some(error) => Some(error),
            None => Some(self),
        }
    }
}

#[test]
fn the_search_ends_in_a_chain_that_is_a_circle() {
    assert_eq!(Rejected::find(&Link(None)), None);
}

/// Each link is a payload and a source. A search of both would take 2^60 steps.
#[test]
fn the_search_visits_each_link_once() {
    let chain = |end: io::Error| (0..60).fold(end, |inner, _| io::Error::other(Link(Some(inner))));
    assert_eq!(Rejected::find(&chain(io::ErrorKind::NotFound.into())), None);
    let rejected = open(None);
    assert_eq!(Rejected::find(&chain(rejected.into())), Some(&rejected));
}

#[test]
fn a_printed_chain_has_no_message_twice() {
    let printed = |error: &CallError<io::Error>| {
        successors(Some(error as &dyn Error), |error| (*error).source())
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        printed(&open(None).into()),
        [
            "circuit breaker `payments` rejected the call",
            "circuit breaker `payments` is open"
        ]
    );
    assert_eq!(
        printed(&late().into()),
        [
            "circuit breaker `payments` dropped the call",
            "call through circuit breaker `payments` timed out after 1s"
        ]
    );
    assert_eq!(
        printed(&CallError::Inner(io::Error::other("no route"))),
        ["no route"]
    );
}

#[test]
fn a_cause_answers_without_a_match() {
    let wait = Some(Duration::from_secs(3));
    let rejected = Cause::<u32>::Rejected(open(wait));
    assert_eq!(
        (rejected.name(), rejected.retry_after()),
        (Some("payments".into()), wait)
    );
    assert_eq!(rejected.rejected(), Some(&open(wait)));
    assert_eq!(
        rejected.to_string(),
        "circuit breaker `payments` is open, retry in 3s"
    );
    let timed_out = Cause::<u32>::TimedOut(late());
    assert_eq!(
        (timed_out.name(), timed_out.rejected()),
        (Some("payments".into()), None)
    );
    let failed = Cause::Failed(7);
    assert_eq!((failed.name(), failed.retry_after()), (None, None));
    assert_eq!(failed.to_string(), "the call failed");
}
