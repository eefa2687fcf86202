//! `LastGood` without the attribute, and what `observe` reports of it.

use std::time::Duration;

use fusebox::{
    Clock, Registry, Sleep,
    last_good::{LastGood, Served, carry, observe},
    testing::ManualClock,
};
use fusebox_tests::stage::{MINUTE, named};

fn names(served: &[Served]) -> Vec<&str> {
    served.iter().map(Served::name).collect()
}

#[test]
fn a_value_is_served_until_it_is_too_old_and_serving_does_not_refresh_it() {
    let (breaker, clock) = named("kept", |b| b);
    let kept = LastGood::new(&breaker, MINUTE);
    kept.keep(1, "one");
    for _ in 0..2 {
        clock.advance(MINUTE / 2);
        assert_eq!(
            kept.serve(&1).map(fusebox::last_good::Kept::into_value),
            Some("one")
        );
    }
    assert_eq!(
        kept.serve(&1).map(|kept| kept.age()),
        Some(MINUTE),
        "at most that old is served"
    );
    clock.advance(Duration::from_nanos(1));
    assert_eq!(kept.serve(&1), None);
    assert!(kept.is_empty(), "and then it is gone");
    assert_eq!(breaker.snapshot().totals.last_good, 3);
}

#[test]
fn a_new_value_is_young_again() {
    let (breaker, clock) = named("kept", |b| b);
    let kept = LastGood::new(&breaker, MINUTE);
    kept.keep(1, "old");
    clock.advance(MINUTE);
    kept.keep(1, "new");
    clock.advance(MINUTE);
    assert_eq!(
        kept.serve(&1).map(fusebox::last_good::Kept::into_value),
        Some("new")
    );
    kept.forget(&1);
    assert_eq!(kept.serve(&1), None);
}

#[test]
fn a_clock_that_steps_back_does_no_harm() {
    let (breaker, clock) = named("kept", |b| b);
    clock.advance(MINUTE * 10);
    let kept = LastGood::new(&breaker, MINUTE);
    kept.keep(1, "one");
    clock.set(MINUTE);
    assert_eq!(kept.serve(&1).map(|kept| kept.age()), Some(Duration::ZERO));
}

#[test]
fn a_value_ages_while_the_machine_is_suspended() {
    let (breaker, clock) = named("kept", |b| b);
    let kept = LastGood::new(&breaker, MINUTE);
    kept.keep(1, "one");
    clock.suspend(MINUTE / 2);
    clock.advance(MINUTE / 4);
    let age = kept.serve(&1).map(|kept| kept.age());
    assert_eq!(age, Some(MINUTE * 3 / 4), "by the wall clock");
    clock.suspend(MINUTE);
    assert_eq!(kept.serve(&1), None, "a minute and more has passed outside");
}

/// A wall clock that is set, beside a monotonic clock that is not.
struct SetClock(ManualClock, std::sync::Mutex<std::time::SystemTime>);

impl Clock for &'static SetClock {
    fn now(&self) -> Duration {
        self.0.now()
    }

    fn sleep_until(&self, deadline: Duration) -> Sleep {
        self.0.sleep_until(deadline)
    }

    fn wall_clock(&self) -> std::time::SystemTime {
        *self.1.lock().expect("no panic under it")
    }
}

#[test]
fn a_wall_clock_that_is_set_back_makes_no_value_fresh() {
    let clock: &'static SetClock = Box::leak(Box::new(SetClock(
        ManualClock::new(),
        std::sync::Mutex::new(std::time::SystemTime::now()),
    )));
    let registry = Registry::builder().clock(clock).build();
    let breaker = registry.breaker("kept").build().expect("legal");
    let kept = LastGood::new(&breaker, MINUTE);
    kept.keep(1, "one");
    *clock.1.lock().expect("no panic under it") -= MINUTE * 60;
    clock.0.advance(MINUTE);
    assert_eq!(kept.serve(&1).map(|kept| kept.age()), Some(MINUTE));
    clock.0.advance(Duration::from_nanos(1));
    assert_eq!(kept.serve(&1), None);
}

#[test]
fn keys_are_bounded() {
    let (breaker, _) = named("kept", |b| b);
    let kept = LastGood::new(&breaker, MINUTE);
    let few = LastGood::with_capacity(&breaker, MINUTE, 10);
    for key in 0..100_000 {
        kept.keep(key, key);
        few.keep(key, key);
    }
    assert!(kept.len() <= 1024 && kept.len() > 900, "{}", kept.len());
    assert!(few.len() <= 10 && !few.is_empty(), "{}", few.len());
}

#[tokio::test]
async fn observe_reports_what_was_served_and_its_age() {
    let (breaker, clock) = named("kept", |b| b);
    let kept = LastGood::new(&breaker, MINUTE);
    let (_, served) = observe(async { kept.serve(&1) }).await;
    assert_eq!(served, []);
    kept.keep(1, "one");
    clock.advance(MINUTE / 4);
    let (value, served) = observe(async { kept.serve(&1) }).await;
    assert!(value.is_some());
    assert_eq!((served[0].name(), served[0].age()), ("kept", MINUTE / 4));
    assert!(kept.serve(&1).is_some(), "nobody needs to observe");
}

#[tokio::test]
async fn concurrent_calls_are_observed_separately() {
    let [(users, _), (posts, _)] = [named("users", |b| b), named("posts", |b| b)];
    let (users, posts) = (LastGood::new(&users, MINUTE), LastGood::new(&posts, MINUTE));
    users.keep(1, "Ada");
    posts.keep(1, "On engines");
    let yielding = async |kept: &LastGood<i32, &'static str>, key| {
        tokio::task::yield_now().await;
        kept.serve(&key)
    };
    let (both, served) = observe(async { tokio::join!(yielding(&users, 1), yielding(&posts, 1)) }).await;
    assert!(both.0.is_some() && both.1.is_some());
    let mut served = names(&served);
    served.sort_unstable();
    assert_eq!(served, ["posts", "users"], "`join!` polls in an order of its own");

    let ((_, of_users), (_, of_posts)) =
        tokio::join!(observe(yielding(&users, 1)), observe(yielding(&posts, 2)));
    assert_eq!((names(&of_users), names(&of_posts)), (vec!["users"], vec![]));
}

#[tokio::test]
async fn an_observed_future_inside_another_reports_to_both() {
    let (breaker, _) = named("kept", |b| b);
    let kept = LastGood::new(&breaker, MINUTE);
    kept.keep(1, "one");
    let (inner, outer) = observe(async {
        let (_, inner) = observe(async { kept.serve(&1) }).await;
        kept.serve(&1);
        inner
    })
    .await;
    assert_eq!((inner.len(), outer.len()), (1, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_task_is_seen_where_it_carries_the_watcher() {
    let (breaker, _) = named("kept", |b| b);
    let kept = std::sync::Arc::new(LastGood::new(&breaker, MINUTE));
    kept.keep(1, "one");
    let serve = || {
        let kept = std::sync::Arc::clone(&kept);
        async move {
            tokio::task::yield_now().await;
            kept.serve(&1)
        }
    };
    let (_, of_a_stranger) = observe(async { tokio::spawn(serve()).await }).await;
    assert_eq!(of_a_stranger, [], "a task of its own tells nobody");
    let (_, carried) = observe(async { tokio::spawn(carry(serve())).await }).await;
    assert_eq!(names(&carried), ["kept"]);
    let (_, own) = tokio::spawn(observe(serve())).await.expect("it ends");
    assert_eq!(names(&own), ["kept"], "a task can observe itself");
    let ((), after) = observe(async {}).await;
    assert_eq!(after, [], "nothing is left behind on this thread");
}
