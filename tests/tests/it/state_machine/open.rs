//! Open: rejections, the cooldown, and late results.

use fusebox::{State, Threshold};

use fusebox_tests::stage::{COOLDOWN, SECOND, bench};

#[test]
fn r6_open_rejects_at_once_with_the_remaining_time() {
    let bench = bench(|b| b);
    bench.fail(3);
    bench.clock.advance(SECOND * 4);
    let rejected = bench.breaker.try_acquire().expect_err("it is open");
    assert_eq!((rejected.name(), rejected.state()), ("bench".into(), State::Open));
    assert_eq!(rejected.retry_after(), Some(SECOND * 6));
    assert_eq!(
        rejected.to_string(),
        "circuit breaker `bench` is open, retry in 6s"
    );
    assert_eq!(bench.breaker.snapshot().totals.rejected, 1);
}

#[test]
fn r6_the_cooldown_runs_from_the_call_that_tripped_and_no_late_result_moves_it() {
    let bench = bench(|b| b);
    let stragglers: Vec<_> = (0..10).map(|_| bench.permit()).collect();
    bench.fail(3);
    for straggler in stragglers {
        bench.clock.advance(SECOND / 2);
        straggler.failure();
    }
    assert_eq!(bench.breaker.snapshot().retry_after, Some(SECOND * 5));
    assert_eq!(bench.breaker.snapshot().totals.late, 10);
}

#[test]
fn r6_reading_the_state_shows_half_open_and_changes_nothing() {
    let bench = bench(|b| b);
    bench.fail(3);
    let generation = bench.breaker.generation();
    bench.clock.advance(COOLDOWN);
    assert_eq!(bench.breaker.state(), State::HalfOpen);
    assert_eq!(bench.breaker.snapshot().state, State::HalfOpen);
    assert_eq!(bench.breaker.generation(), generation);
    assert!(bench.permit().is_trial());
}

#[test]
fn r8_each_reopening_doubles_the_cooldown_until_closed() {
    let bench = bench(|b| b.max_cooldown(COOLDOWN * 3));
    bench.fail(3);
    for expected in [2, 3, 3] {
        bench
            .clock
            .advance(bench.breaker.snapshot().retry_after.expect("open"));
        bench.fail(1);
        assert_eq!(bench.breaker.snapshot().retry_after, Some(COOLDOWN * expected));
    }
    bench.clock.advance(COOLDOWN * 3);
    bench.succeed(1);
    bench.fail(3);
    assert_eq!(
        bench.breaker.snapshot().retry_after,
        Some(COOLDOWN),
        "closed in between"
    );
}

#[test]
fn r10_a_late_result_is_counted_as_late_and_changes_nothing_in_any_state() {
    let bench = bench(|b| b.trial_calls(1).threshold(Threshold::failures(1)));
    let from_closed: Vec<_> = (0..8).map(|_| bench.permit()).collect();
    let mut from_closed = from_closed.into_iter();
    let mut late_pair = || {
        from_closed.next().expect("one more").success();
        from_closed.next().expect("one more").failure();
    };

    bench.fail(1);
    late_pair();
    assert_eq!(bench.breaker.state(), State::Open);

    bench.clock.advance(COOLDOWN);
    let first_phase = bench.permit();
    late_pair();
    assert_eq!(bench.breaker.state(), State::HalfOpen);
    assert!(bench.is_rejected(), "the only slot is taken");

    bench.breaker.trip();
    bench.clock.advance(COOLDOWN);
    let second_phase = bench.permit();
    first_phase.success();
    assert_eq!(
        bench.breaker.state(),
        State::HalfOpen,
        "a success of the first half-open phase closes no second one"
    );
    second_phase.success();
    assert_eq!(bench.breaker.state(), State::Closed);
    late_pair();
    assert_eq!(bench.breaker.state(), State::Closed);

    let totals = bench.breaker.snapshot().totals;
    assert_eq!(totals.late, 7);
    assert_eq!(
        (totals.successes, totals.failures),
        (1 + 4, 1 + 3),
        "each stale result is counted by how it ended too"
    );
}
