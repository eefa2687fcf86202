//! `error = <closure or path>`: errors of types that have no `From<Rejected>`.

use std::{future::pending, time::Duration};

use fusebox::{Outcome, Refusal, Registry, circuit_breaker, testing::isolated};
use fusebox_tests::called::open;

/// A type of another crate, for which no `From` can be written.
type Foreign = String;

fn text(refusal: Refusal) -> Foreign {
    match refusal {
        Refusal::Rejected(rejected) => format!("rejected by {}", rejected.name()),
        Refusal::TimedOut(_) => "timed out".to_owned(),
    }
}

#[circuit_breaker(name = "refused.path", error = text)]
async fn by_path(id: u64) -> Result<u64, Foreign> {
    Ok(id)
}

#[circuit_breaker(name = "refused.closure", error = |refusal| format!("{refusal}"), ignore = Err(_))]
async fn by_closure(id: u64) -> Result<u64, Foreign> {
    Ok(id)
}

#[circuit_breaker(name = "refused.sync", error = |_| "rejected".into())]
fn synchronous(id: u64) -> Result<u64, Box<str>> {
    Ok(id)
}

#[circuit_breaker(name = "refused.timed", threshold = 1, error = text, timeout = "1s")]
async fn timed(id: u64) -> Result<u64, Foreign> {
    if id == 0 {
        pending::<()>().await;
    }
    Ok(id)
}

async fn zero(_: u64) -> Result<u64, Foreign> {
    Ok(0)
}

#[circuit_breaker(name = "refused.beside", threshold = 1, error = text, timeout = "1s", fallback = zero)]
async fn beside_a_fallback(id: u64) -> Result<u64, Foreign> {
    if id == 0 {
        pending::<()>().await;
    }
    Ok(id)
}

#[circuit_breaker(name = "refused.kept", error = text, last_good = "1m", last_good_key = id)]
async fn kept(id: u64) -> Result<u64, Foreign> {
    Ok(id)
}

#[circuit_breaker(name = "refused.opaque", error = text)]
async fn opaque(id: u64) -> Result<impl Iterator<Item = u64>, Foreign> {
    Ok(Some(id).into_iter())
}

fn rejected(name: &str) -> Foreign {
    format!("rejected by {name}")
}

#[tokio::test]
async fn a_path_or_a_closure_makes_the_error_of_a_rejected_call() {
    isolated(async {
        assert_eq!(
            (by_path(1).await, by_closure(1).await, synchronous(1)),
            (Ok(1), Ok(1), Ok(1))
        );
        for name in ["refused.path", "refused.closure", "refused.sync"] {
            open(name);
        }
        assert_eq!(by_path(1).await, Err(rejected("refused.path")));
        assert_eq!(
            by_closure(1).await,
            Err("circuit breaker `refused.closure` is forced open".to_owned())
        );
        assert_eq!(synchronous(1), Err("rejected".into()));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn it_makes_the_error_of_a_call_that_timed_out() {
    isolated(async {
        assert_eq!(timed(0).await, Err("timed out".to_owned()));
        assert_eq!(timed(1).await, Err(rejected("refused.timed")));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn beside_a_fallback_it_answers_what_the_fallback_does_not() {
    isolated(async {
        assert_eq!(beside_a_fallback(0).await, Err("timed out".to_owned()));
        assert_eq!(beside_a_fallback(1).await, Ok(0));
    })
    .await;
}

#[tokio::test]
async fn a_last_good_value_comes_first() {
    isolated(async {
        assert_eq!(kept(1).await, Ok(1));
        open("refused.kept");
        assert_eq!(
            (kept(1).await, kept(2).await),
            (Ok(1), Err(rejected("refused.kept")))
        );
    })
    .await;
}

#[tokio::test]
async fn the_other_part_of_the_result_may_be_opaque() {
    isolated(async {
        assert!(opaque(1).await.expect("closed").eq([1]));
        open("refused.opaque");
        assert_eq!(opaque(1).await.err(), Some(rejected("refused.opaque")));
    })
    .await;
}

#[tokio::test]
async fn a_refused_call_changes_nothing_of_the_counters_of_fallbacks() {
    isolated(async {
        by_path(1).await.expect("closed");
        open("refused.path");
        by_path(1).await.expect_err("rejected");
        let totals = Registry::current()
            .get("refused.path")
            .expect("called")
            .snapshot()
            .totals;
        assert_eq!(
            (totals.rejected, totals.fallback_ok, totals.fallback_failed),
            (1, 0, 0)
        );
    })
    .await;
}

fn worked(_: &Result<u64, Foreign>) -> Outcome {
    Outcome::Success
}

#[circuit_breaker(name = "refused.classified", error = text, classify = worked, timeout = "1s")]
async fn classified(id: u64) -> Result<u64, Foreign> {
    tokio::time::sleep(Duration::from_secs(id)).await;
    Err("of the function".to_owned())
}

#[tokio::test(start_paused = true)]
async fn beside_a_classifier_too() {
    isolated(async {
        assert_eq!(classified(0).await, Err("of the function".to_owned()));
        assert_eq!(classified(9).await, Err("timed out".to_owned()));
    })
    .await;
}
