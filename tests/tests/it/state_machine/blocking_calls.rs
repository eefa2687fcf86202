//! Synchronous calls, and panics of calls of both kinds.

use std::{
    future::pending,
    panic::{AssertUnwindSafe, RefUnwindSafe, UnwindSafe, catch_unwind, resume_unwind},
    pin::pin,
    task::{Context, Waker},
    time::Duration,
};

use fusebox::{CallError, CircuitBreaker, OwnedPermit, Permit, State, Threshold};
use fusebox_tests::stage::{bench, breaker};

#[test]
fn r12_a_panic_of_a_synchronous_call_is_a_failure() {
    let (breaker, _) = breaker(|b| b.threshold(Threshold::failures(2)));
    for by_permit in [false, true] {
        let panicking = || -> Result<(), ()> { resume_unwind(Box::new(())) };
        let call = || {
            if by_permit {
                let permit = breaker.try_acquire().expect("closed");
                permit.run_blocking(panicking).is_ok()
            } else {
                breaker.call_blocking(panicking).is_ok()
            }
        };
        assert!(catch_unwind(AssertUnwindSafe(call)).is_err(), "the panic goes on");
    }
    assert_eq!(
        (breaker.state(), breaker.snapshot().totals.panicked),
        (State::Open, 2)
    );
}

#[test]
fn a_synchronous_call_counts_like_an_async_one() {
    let bench = bench(|b| b);
    for _ in 0..3 {
        let failed = bench.breaker.call_blocking(|| Err::<(), _>("down"));
        assert_eq!(failed, Err(CallError::Inner("down")));
    }
    let mut ran = false;
    let rejected = bench.breaker.call_blocking(|| {
        ran = true;
        Ok::<_, &str>(())
    });
    assert!(matches!(rejected, Err(CallError::Rejected(_))));
    assert!(!ran);
    bench.clock.advance(Duration::from_secs(10));
    let permit = bench.breaker.try_acquire_owned().expect("the trial call");
    assert_eq!(permit.run_blocking(|| Ok::<_, ()>(7)), Ok(7));
    assert_eq!(bench.breaker.state(), State::Closed);
}

#[test]
fn r12_a_timeout_outside_of_a_runtime_panics_and_is_a_failure() {
    let (breaker, _) = breaker(|b| b);
    let limited = breaker.with_timeout(Duration::from_secs(1));
    let mut call = Box::pin(limited.call(pending::<Result<(), ()>>()));
    let poll = || {
        pin!(&mut call)
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_ready()
    };
    assert!(catch_unwind(AssertUnwindSafe(poll)).is_err());
    drop(call);
    let totals = breaker.snapshot().totals;
    assert_eq!((totals.failures, totals.panicked, totals.cancelled), (1, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn r3_each_call_that_times_out_is_counted_as_timed_out() {
    let breaker = fusebox::Registry::new()
        .breaker("timeouts")
        .build()
        .expect("legal");
    let limited = breaker.with_timeout(Duration::from_secs(1));
    let calls: Vec<_> = (0..100)
        .map(|_| {
            let limited = limited.clone();
            tokio::spawn(async move { limited.call(pending::<Result<(), ()>>()).await })
        })
        .collect();
    for call in calls {
        assert!(matches!(
            call.await.expect("no panic"),
            Err(CallError::TimedOut(_))
        ));
    }
    let totals = breaker.snapshot().totals;
    assert_eq!((totals.timed_out, totals.failures, totals.late), (100, 100, 95));
    assert_eq!(totals.calls(), 100);
}

#[test]
fn handles_and_futures_are_unwind_safe() {
    #[fusebox::circuit_breaker]
    async fn annotated() -> std::io::Result<u32> {
        std::future::ready(()).await;
        Ok(1)
    }
    fn assert_unwind_safe<T: UnwindSafe>(_: &T) {}
    fn assert_ref_unwind_safe<T: RefUnwindSafe + UnwindSafe>() {}
    assert_ref_unwind_safe::<CircuitBreaker>();
    assert_ref_unwind_safe::<Permit<'_>>();
    assert_ref_unwind_safe::<OwnedPermit>();
    assert_unwind_safe(&annotated());
}
