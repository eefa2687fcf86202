//! Claims about many threads at once, run until the race has happened.

use std::{
    sync::{
        Arc, Barrier, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use fusebox::{EventKind, State, Threshold, Window};

use fusebox_tests::stage::{COOLDOWN, EventCount, bench, with_window};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r7_a_thousand_tasks_at_the_edge_of_half_open_admit_exactly_trial_calls() {
    for trial_calls in [1, 3, 7] {
        let bench = bench(|b| b.trial_calls(trial_calls));
        bench.trip_and_cool_down();
        let admitted = Arc::new(AtomicUsize::new(0));
        let tasks: Vec<_> = (0..1000)
            .map(|_| {
                let (breaker, admitted) = (bench.breaker.clone(), Arc::clone(&admitted));
                tokio::spawn(async move {
                    breaker
                        .call(async {
                            admitted.fetch_add(1, Ordering::SeqCst);
                            std::future::pending::<Result<(), ()>>().await
                        })
                        .await
                })
            })
            .collect();
        let mut rejected = 0;
        while rejected < 1000 - trial_calls as usize {
            tokio::task::yield_now().await;
            rejected = usize::try_from(bench.breaker.snapshot().totals.rejected).expect("small");
        }
        assert_eq!(admitted.load(Ordering::SeqCst), trial_calls as usize);
        for task in tasks {
            task.abort();
        }
    }
}

/// Runs `work` on several threads at once, all started together.
fn together(threads: usize, work: impl Fn(usize) + Sync) {
    let barrier = Barrier::new(threads);
    thread::scope(|scope| {
        for index in 0..threads {
            let (work, barrier) = (&work, &barrier);
            scope.spawn(move || {
                barrier.wait();
                work(index);
            });
        }
    });
}

#[test]
fn r5_threads_that_fail_together_trip_exactly_once() {
    for window in [None, Some(Window::calls(100)), Some(Window::time(COOLDOWN))] {
        for _ in 0..100 {
            let bench = bench(|b| with_window(b.threshold(Threshold::failures(8)), window));
            let trips = EventCount::default();
            let _subscription = bench.breaker.on_event(trips.subscriber());
            let permits: Vec<_> = (0..8).map(|_| Mutex::new(Some(bench.permit()))).collect();
            together(8, |index| {
                permits[index].lock().unwrap().take().expect("one each").failure();
            });
            assert_eq!(
                (bench.breaker.state(), trips.get()),
                (State::Open, 1),
                "{window:?}"
            );
        }
    }
}

#[test]
fn r4_a_rate_reached_by_two_threads_together_trips() {
    for _ in 0..300 {
        let bench = bench(|b| {
            b.threshold(Threshold::rate(0.5))
                .window(Window::time(COOLDOWN))
                .minimum_calls(2)
        });
        let permits = [Mutex::new(Some(bench.permit())), Mutex::new(Some(bench.permit()))];
        together(2, |index| {
            let permit = permits[index].lock().unwrap().take().expect("one each");
            if index == 0 {
                permit.failure();
            } else {
                permit.success();
            }
        });
        assert_eq!(bench.breaker.state(), State::Open, "1 of 2, whichever came first");
    }
}

#[test]
fn counts_of_calls_are_exact_when_quiet() {
    let bench = bench(|b| b.window(Window::calls(50)).threshold(Threshold::failures(50)));
    together(6, |_| {
        for n in 0..500 {
            let Ok(permit) = bench.breaker.try_acquire() else {
                continue;
            };
            match n % 4 {
                0 => permit.ignore(),
                1 => drop(permit),
                2 => permit.failure(),
                _ => permit.success(),
            }
        }
    });
    let totals = bench.breaker.snapshot().totals;
    assert_eq!(totals.calls() + totals.rejected, 3000);
    assert_eq!((totals.ignored, totals.cancelled), (750, 750));
}

#[test]
fn the_event_log_of_a_storm_is_a_legal_path() {
    let bench = bench(|b| b.trial_calls(2).threshold(Threshold::failures(2)));
    let log = Arc::new(Mutex::new(Vec::new()));
    let events = Arc::clone(&log);
    let _subscription = bench
        .breaker
        .on_event(move |event| events.lock().unwrap().push(event.clone()));
    together(4, |index| {
        for n in 0..400 {
            match (index, n % 8) {
                (0, 0) => bench.breaker.force_open(),
                (0, 2) => bench.breaker.force_closed(),
                (0, 4) => bench.breaker.release_override(),
                (1, 0) => bench.breaker.trip(),
                (1, 4) => bench.breaker.reset(),
                (2, _) => bench.clock.advance(COOLDOWN / 2),
                _ => {
                    if let Ok(permit) = bench.breaker.try_acquire() {
                        if n % 3 == 0 {
                            permit.failure();
                        } else {
                            permit.success();
                        }
                    }
                }
            }
        }
    });
    let log = log.lock().unwrap();
    let mut state = State::Closed;
    let mut generation = 0;
    for event in log.iter() {
        if let Some(&EventKind::Transition { from, to, .. }) = event.kind() {
            assert_eq!(from, state);
            assert!(event.generation() > Some(generation), "once each, in order");
            (state, generation) = (to, event.generation().expect("a change"));
        }
    }
    assert!(log.len() > 50, "something happened");
}
