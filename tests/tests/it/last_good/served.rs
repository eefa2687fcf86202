//! `last_good` in the attribute: what is kept, the key, and when it answers.

use std::{io, time::Duration};

use fusebox::{
    circuit_breaker,
    last_good::{carry, observe},
    testing::Isolated,
    testing::ManualClock,
};
use fusebox_tests::called;
use fusebox_tests::error::Error;
use fusebox_tests::stage::MINUTE;

/// Isolated, on a clock that the test moves.
async fn on_a_clock(test: impl AsyncFnOnce(&ManualClock, &Isolated)) {
    let clock = ManualClock::new();
    let isolated = Isolated::with_clock(clock.clone());
    isolated.run(test(&clock, &isolated)).await;
}

#[circuit_breaker(name = "double", last_good = "1m")]
async fn double(number: u64, answer: Result<u64, Error>) -> Result<u64, Error> {
    answer.map(|offset| number * 2 + offset)
}

#[circuit_breaker(name = "by_key", last_good = "1m", last_good_key = number, fallback_on = "failure")]
async fn by_key(number: u64, answer: Result<u64, Error>) -> Result<u64, Error> {
    answer
}

#[tokio::test]
async fn a_rejected_call_gets_the_last_good_value_of_its_key_until_it_is_too_old() {
    on_a_clock(async |clock, isolated| {
        assert_eq!(double(1, Ok(0)).await, Ok(2));
        called::breaker(isolated.registry(), "double").trip();
        assert_eq!(double(1, Ok(0)).await, Ok(2));
        assert_eq!(double(2, Ok(0)).await, Err(Error::Rejected), "another key");
        clock.advance(MINUTE / 2);
        called::breaker(isolated.registry(), "double").trip();
        assert_eq!(double(1, Ok(0)).await, Ok(2), "at half the age");
        clock.advance(MINUTE / 2);
        called::breaker(isolated.registry(), "double").trip();
        assert_eq!(double(1, Ok(0)).await, Ok(2), "at the age");
        clock.advance(Duration::from_nanos(1));
        assert_eq!(
            double(1, Ok(0)).await,
            Err(Error::Rejected),
            "serving did not refresh it"
        );
        let totals = called::totals(isolated.registry(), "double");
        assert_eq!((totals.last_good, totals.rejected, totals.successes), (3, 5, 1));
    })
    .await;
}

#[tokio::test]
async fn a_failure_is_answered_only_if_fallback_on_is_failure() {
    on_a_clock(async |_, _| {
        assert_eq!(double(1, Ok(0)).await, Ok(2));
        assert_eq!(double(1, Err(Error::Down)).await, Err(Error::Down));
        assert_eq!(by_key(1, Ok(10)).await, Ok(10));
        assert_eq!(by_key(1, Err(Error::Down)).await, Ok(10));
        assert_eq!(
            by_key(2, Err(Error::Down)).await,
            Err(Error::Down),
            "nothing was kept"
        );
        assert_eq!(by_key(1, Ok(11)).await, Ok(11));
        assert_eq!(by_key(1, Err(Error::Down)).await, Ok(11), "the newest is kept");
    })
    .await;
}

#[circuit_breaker(
    name = "ignoring",
    last_good = "1m",
    last_good_key = (),
    fallback_on = "failure",
    ignore = Err(Error::NotFound) | Ok(0),
)]
async fn ignoring(answer: Result<u64, Error>) -> Result<u64, Error> {
    answer
}

#[tokio::test]
async fn what_is_ignored_is_neither_kept_nor_replaced_by_a_kept_value() {
    on_a_clock(async |_, isolated| {
        assert_eq!(ignoring(Ok(0)).await, Ok(0));
        assert_eq!(
            ignoring(Err(Error::Down)).await,
            Err(Error::Down),
            "0 was not kept"
        );
        assert_eq!(ignoring(Ok(1)).await, Ok(1));
        assert_eq!(ignoring(Err(Error::NotFound)).await, Err(Error::NotFound));
        assert_eq!(ignoring(Err(Error::Down)).await, Ok(1));
        assert_eq!(called::totals(isolated.registry(), "ignoring").last_good, 1);
    })
    .await;
}

/// The service returns the data of the tenant that calls it.
#[circuit_breaker(name = "secrets", last_good = "5m")]
async fn secret(tenant: &str, user: String, page: Option<u32>) -> io::Result<String> {
    Ok(format!("{tenant} {user} {page:?}"))
}

#[tokio::test]
async fn the_default_key_never_serves_one_tenants_data_to_another() {
    on_a_clock(async |_, isolated| {
        let requests = [
            ("a", "ada", None),
            ("b", "ada", None),
            ("a", "bob", None),
            ("a", "ada", Some(1)),
        ];
        for (tenant, user, page) in requests {
            secret(tenant, user.to_owned(), page).await.expect("it works");
            called::breaker(isolated.registry(), "secrets").trip();
            for (other_tenant, other_user, other_page) in requests {
                let answer = secret(other_tenant, other_user.to_owned(), other_page).await;
                let own = format!("{other_tenant} {other_user} {other_page:?}");
                assert!(answer.is_err() || answer.is_ok_and(|answer| answer == own));
            }
            isolated.registry().get("secrets").expect("it is there").reset();
        }
        called::breaker(isolated.registry(), "secrets").trip();
        for (tenant, user, page) in requests {
            assert!(secret(tenant, user.to_owned(), page).await.is_ok());
        }
    })
    .await;
}

struct Shard {
    id: u64,
}

impl Shard {
    #[circuit_breaker(name = "shards", last_good = "1m", last_good_key = (self.id, key.to_owned()))]
    async fn read(&self, key: &str, is_up: bool) -> io::Result<String> {
        assert!(is_up);
        Ok(format!("{} {key}", self.id))
    }

    #[circuit_breaker(name = "writing", last_good = "1m", last_good_key = self.id)]
    async fn write(&mut self, mut value: String) -> io::Result<String> {
        self.id += 1;
        value.push('!');
        Ok(value)
    }
}

#[tokio::test]
async fn a_method_names_the_key_of_its_calls() {
    on_a_clock(async |_, isolated| {
        let (one, mut two) = (Shard { id: 1 }, Shard { id: 2 });
        one.read("k", true).await.expect("it works");
        called::breaker(isolated.registry(), "shards").trip();
        assert_eq!(one.read("k", false).await.expect("kept"), "1 k");
        assert!(two.read("k", false).await.is_err());
        assert_eq!(two.write("x".into()).await.expect("it works"), "x!");
        called::breaker(isolated.registry(), "writing").trip();
        assert!(two.write("x".into()).await.is_err(), "its id is another one now");
        two.id = 2;
        assert_eq!(two.write("y".into()).await.expect("kept"), "x!");
    })
    .await;
}

/// Patterns, `mut`, references, generics: all of them are in the key.
#[circuit_breaker(name = "shapes", last_good = "1m", last_good_capacity = 10)]
async fn shapes<T>((a, _): (u8, u8), mut b: String, c: &mut Vec<u8>, _: u8, d: T) -> io::Result<String>
where
    T: std::fmt::Debug + Clone + std::hash::Hash + Eq + Send + Sync + 'static,
{
    b.push('!');
    c.push(a);
    Ok(format!("{a}{b}{c:?}{d:?}"))
}

#[tokio::test]
async fn every_parameter_is_in_the_default_key_whatever_its_shape() {
    on_a_clock(async |_, isolated| {
        let mut c = vec![7];
        let fresh = shapes((1, 2), "b".into(), &mut c, 3, "d")
            .await
            .expect("it works");
        assert_eq!((fresh.as_str(), c.as_slice()), ("1b![7, 1]\"d\"", &[7, 1][..]));
        called::breaker(isolated.registry(), "shapes").trip();
        let mut c = vec![7];
        let kept = shapes((1, 2), "b".into(), &mut c, 3, "d").await;
        assert_eq!(kept.expect("kept"), fresh);
        for others in [
            shapes((1, 3), "b".into(), &mut c, 3, "d").await,
            shapes((1, 2), "c".into(), &mut c, 3, "d").await,
            shapes((1, 2), "b".into(), &mut vec![8], 3, "d").await,
            shapes((1, 2), "b".into(), &mut c, 4, "d").await,
            shapes((1, 2), "b".into(), &mut c, 3, "e").await,
            shapes((1, 2), "b".into(), &mut c, 3, 'd').await,
        ] {
            assert!(others.is_err());
        }
    })
    .await;
}

/// The value's type is part of the key.
#[circuit_breaker(name = "parsed", last_good = "1m")]
async fn parsed<T>(text: &str) -> io::Result<T>
where
    T: std::str::FromStr + Clone + Send + Sync + 'static,
{
    text.parse().map_err(|_| io::ErrorKind::InvalidData.into())
}

#[tokio::test]
async fn a_generic_function_keeps_one_value_per_type() {
    on_a_clock(async |_, isolated| {
        assert_eq!(parsed::<u64>("7").await.expect("a number"), 7);
        assert_eq!(parsed::<String>("7").await.expect("a text"), "7");
        called::breaker(isolated.registry(), "parsed").trip();
        assert_eq!(parsed::<u64>("7").await.expect("kept"), 7);
        assert_eq!(parsed::<String>("7").await.expect("kept"), "7");
        assert!(parsed::<i8>("7").await.is_err());
    })
    .await;
}

#[tokio::test]
async fn each_isolated_test_keeps_its_own_values() {
    for _ in 0..2 {
        on_a_clock(async |_, isolated| {
            assert!(by_key(1, Err(Error::Down)).await.is_err());
            assert_eq!(by_key(1, Ok(1)).await, Ok(1));
            called::breaker(isolated.registry(), "by_key").trip();
            assert_eq!(by_key(1, Err(Error::Down)).await, Ok(1));
        })
        .await;
    }
}

#[tokio::test]
async fn the_caller_observes_a_kept_value_and_its_age() {
    on_a_clock(async |clock, _| {
        let (_, served) = observe(by_key(1, Ok(1))).await;
        assert_eq!(served, []);
        clock.advance(MINUTE / 3);
        let (answer, served) = observe(by_key(1, Err(Error::Down))).await;
        assert_eq!(answer, Ok(1));
        assert_eq!((served[0].name(), served[0].age()), ("by_key", MINUTE / 3));

        let ((_, fresh), (_, stale)) =
            tokio::join!(observe(by_key(2, Ok(2))), observe(by_key(1, Err(Error::Down))));
        assert_eq!((fresh.len(), stale.len()), (0, 1));

        let spawned = |future| tokio::spawn(fusebox::testing::scope(future));
        let (_, strange) = observe(async { spawned(carry(by_key(2, Ok(2)))).await }).await;
        assert_eq!(strange, []);
        let (answer, carried) = observe(async { spawned(carry(by_key(1, Err(Error::Down)))).await }).await;
        assert_eq!(answer.expect("it ends"), Ok(1));
        assert_eq!(carried.len(), 1);
    })
    .await;
}
