//! `key = <expression>`: one breaker per value.

use std::sync::atomic::{AtomicU32, Ordering};

use fusebox::{Registry, State, circuit_breaker, testing::isolated};
use fusebox_tests::error::Error;

#[circuit_breaker(name = "stock", key = region, max_keys = 2, threshold = 1, fallback = none)]
async fn stock(region: &str, fails: bool) -> Result<u32, Error> {
    if fails { Err(Error::Down) } else { Ok(3) }
}

async fn none(_: &str, _: bool) -> Result<u32, Error> {
    Ok(0)
}

#[tokio::test]
async fn one_shard_that_is_down_leaves_the_others_alone() {
    isolated(async {
        assert_eq!(stock("eu", true).await, Err(Error::Down));
        assert_eq!(stock("eu", false).await, Ok(0), "the fallback");
        assert_eq!(stock("us", false).await, Ok(3));
        let group = Registry::current().group("stock").expect("it was called");
        let snapshot = group.snapshot();
        assert_eq!((snapshot.keys, snapshot.open, group.max_keys()), (2, 1, 2));
        assert_eq!(group.get("eu").name(), "stock[eu]");
    })
    .await;
}

#[tokio::test]
async fn a_group_is_bounded_and_its_open_breakers_stay() {
    isolated(async {
        assert_eq!(stock("down", true).await, Err(Error::Down));
        for region in 0..100 {
            assert_eq!(stock(&region.to_string(), false).await, Ok(3));
        }
        let group = Registry::current().group("stock").expect("it was called");
        assert_eq!(group.get("down").state(), State::Open);
        assert_eq!(group.snapshot().totals.successes, 100);
    })
    .await;
}

struct Client {
    tenant: u64,
}

impl Client {
    #[circuit_breaker(name = "keyed.client", key = self.tenant, threshold = 1)]
    fn get(&self, id: u64) -> Result<u64, Error> {
        id.checked_sub(1).ok_or(Error::Down)
    }

    #[circuit_breaker(name = "keyed.owned", key = format_args!("{}-{id}", self.tenant), threshold = 1)]
    async fn into(self, id: String) -> Result<String, Error> {
        if id.is_empty() { Err(Error::Down) } else { Ok(id) }
    }
}

#[tokio::test]
async fn a_key_may_be_made_of_self_and_of_arguments_that_move() {
    isolated(async {
        let (one, two) = (Client { tenant: 1 }, Client { tenant: 2 });
        assert_eq!(one.get(0), Err(Error::Down));
        assert_eq!((one.get(1), two.get(1)), (Err(Error::Rejected), Ok(0)));
        assert_eq!(one.into(String::new()).await, Err(Error::Down));
        assert_eq!(two.into("x".to_owned()).await, Ok("x".to_owned()));
        let registry = Registry::current();
        assert_eq!(
            registry.get("keyed.owned[1-]").expect("called").state(),
            State::Open
        );
        assert_eq!(
            registry.get("keyed.owned[2-x]").expect("called").state(),
            State::Closed
        );
    })
    .await;
}

#[tokio::test]
async fn the_key_is_evaluated_once_per_call() {
    static EVALUATED: AtomicU32 = AtomicU32::new(0);

    #[circuit_breaker(key = { EVALUATED.fetch_add(1, Ordering::Relaxed); id }, timeout = "1s", latency = true)]
    async fn counted(id: u64) -> Result<u64, Error> {
        Ok(id)
    }

    isolated(async {
        assert_eq!(counted(7).await, Ok(7));
        assert_eq!(EVALUATED.load(Ordering::Relaxed), 1);
        drop(counted(8));
        assert_eq!(EVALUATED.load(Ordering::Relaxed), 1, "never polled");
    })
    .await;
}

#[circuit_breaker(name = "keyed twice", key = id, max_keys = 5)]
fn first(id: u64) -> Result<u64, Error> {
    Ok(id)
}

#[circuit_breaker(name = "keyed twice", key = id, max_keys = 6)]
fn second(id: u64) -> Result<u64, Error> {
    Ok(id)
}

#[cfg_attr(not(feature = "catalog"), ignore = "the first call wins there")]
#[tokio::test]
async fn functions_of_one_name_share_a_group_and_other_bounds_are_reported() {
    isolated(async {
        assert_eq!((second(1), first(2)), (Ok(1), Ok(2)));
        let registry = Registry::current();
        let group = registry.group("keyed twice").expect("called");
        assert_eq!((group.snapshot().keys, group.max_keys()), (2, 5));
        let conflicts = registry.conflicts();
        assert_eq!(conflicts.len(), 1);
        let text = conflicts[0].to_string();
        assert!(text.ends_with("its `max_keys` is 5, not 6"), "{text}");
        let error = registry
            .keyed("keyed twice")
            .max_keys(7)
            .build()
            .expect_err("declared");
        assert_eq!(
            error.to_string(),
            "circuit breaker `keyed twice` already exists with `max_keys` 5, not 7"
        );
        let single = registry.breaker("keyed twice").build().expect_err("a group");
        assert!(single.to_string().contains("has keys"));
    })
    .await;
}

#[cfg_attr(not(feature = "catalog"), ignore = "the function is not called")]
#[tokio::test]
async fn a_declared_group_exists_before_its_first_call() {
    isolated(async {
        let registry = Registry::current();
        assert_eq!(registry.group("stock").expect("declared").max_keys(), 2);
        assert!(registry.get("stock").is_none(), "a group is not a breaker");
        assert!(registry.group("nobody").is_none());
        let of_keyed = registry
            .catalog()
            .filter(|declaration| declaration.explicit_name() == Some("stock"));
        assert_eq!(
            of_keyed.map(fusebox::Declaration::max_keys).collect::<Vec<_>>(),
            [Some(2)]
        );
    })
    .await;
}

#[circuit_breaker(name = "keyed or not", key = id)]
fn with_a_key(id: u64) -> Result<u64, Error> {
    Ok(id)
}

#[circuit_breaker(name = "keyed or not")]
fn without_a_key(id: u64) -> Result<u64, Error> {
    Ok(id)
}

#[circuit_breaker(name = "not keyed or keyed")]
fn without_first(id: u64) -> Result<u64, Error> {
    Ok(id)
}

#[circuit_breaker(name = "not keyed or keyed", key = id)]
fn with_second(id: u64) -> Result<u64, Error> {
    Ok(id)
}

#[cfg_attr(not(feature = "catalog"), ignore = "the first call wins there")]
#[tokio::test]
async fn a_name_with_and_without_keys_is_a_conflict_and_the_first_declaration_keeps_it() {
    for first_runs_first in [true, false] {
        isolated(async {
            let calls: [fn(u64) -> Result<u64, Error>; 4] =
                [with_a_key, without_a_key, without_first, with_second];
            let order = if first_runs_first {
                [0, 1, 2, 3]
            } else {
                [3, 2, 1, 0]
            };
            for call in order {
                assert_eq!(calls[call](7), Ok(7));
            }
            let registry = Registry::current();
            assert_eq!(
                registry
                    .group("keyed or not")
                    .expect("it is first")
                    .snapshot()
                    .keys,
                1
            );
            assert!(registry.get("keyed or not").is_none());
            assert!(registry.get("not keyed or keyed").is_some());
            assert!(registry.group("not keyed or keyed").is_none());
            let mut conflicts: Vec<_> = registry.conflicts().iter().map(ToString::to_string).collect();
            conflicts.sort();
            let [one, two] = conflicts.as_slice() else {
                panic!("one each: {conflicts:?}")
            };
            let text = |name: &str, winner: &str, loser: &str| {
                format!("circuit breaker `{name}` is declared twice: `{winner}` at ") + "|" + loser
            };
            for (conflict, name, winner, loser) in [
                (one, "keyed or not", "with_a_key", "without_a_key"),
                (two, "not keyed or keyed", "without_first", "with_second"),
            ] {
                let expected = text(name, winner, loser);
                let (start, loser) = expected.split_once('|').expect("two parts");
                assert!(conflict.starts_with(start), "{conflict}");
                assert!(
                    conflict.contains(&format!("wins over `{loser}` at ")),
                    "{conflict}"
                );
                assert!(
                    conflict.ends_with(
                        "only one of them has keys; each keeps breakers of its own, give each a `name`"
                    ),
                    "{conflict}"
                );
            }
            // The losers are found by the names that they have instead.
            let own = |conflict: &fusebox::Conflict| {
                let loser = conflict.loser();
                format!("{}@{}:{}", conflict.name(), loser.file(), loser.line())
            };
            for conflict in registry.conflicts() {
                let name = own(&conflict);
                let found = registry.get(&name).is_some() || registry.group(&name).is_some();
                assert!(found, "{name}");
            }
            let error = registry
                .keyed("not keyed or keyed")
                .build()
                .expect_err("declared without");
            assert!(error.to_string().contains("exists without keys"), "{error}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_builder_that_was_first_keeps_the_name() {
    let of_builder = |text: &str| text.contains("a builder wins over") && text.contains("has keys");
    isolated(async {
        let registry = Registry::current();
        // Both functions are declared, so a builder gets what the first of them is.
        let group = registry.keyed("keyed or not").build().expect("with keys");
        assert_eq!(with_a_key(1), Ok(1));
        assert_eq!(group.snapshot().keys, 1);
        registry.breaker("not declared").build().expect("new");
        let error = registry.keyed("not declared").build().expect_err("a breaker");
        assert!(error.to_string().contains("exists without keys"), "{error}");
        assert!(
            !registry
                .conflicts()
                .iter()
                .any(|conflict| of_builder(&conflict.to_string()))
        );
    })
    .await;
}

#[circuit_breaker(name = "keyed bound", key = id)]
fn names_it_only(id: u64) -> Result<u64, Error> {
    Ok(id)
}

#[circuit_breaker(name = "keyed bound", key = id, max_keys = 5)]
fn gives_a_bound(id: u64) -> Result<u64, Error> {
    Ok(id)
}

#[circuit_breaker(name = "keyed bound", key = id, threshold = 2)]
fn gives_settings(id: u64) -> Result<u64, Error> {
    Ok(id)
}

#[circuit_breaker(name = "keyed bound", key = id, threshold = 3, max_keys = 5)]
fn gives_others(id: u64) -> Result<u64, Error> {
    Ok(id)
}

#[cfg_attr(not(feature = "catalog"), ignore = "the first call wins there")]
#[tokio::test]
async fn a_function_that_gives_only_a_name_takes_what_the_others_give() {
    isolated(async {
        assert_eq!(names_it_only(1), Ok(1));
        let registry = Registry::current();
        let group = registry.group("keyed bound").expect("called");
        assert_eq!(
            (group.max_keys(), group.settings().threshold().as_failures()),
            (5, Some(2))
        );
        let conflicts = registry.conflicts();
        assert_eq!(conflicts.len(), 1, "{conflicts:?}");
        let text = conflicts[0].to_string();
        assert!(text.contains("`gives_settings` at "), "{text}");
        assert!(text.contains(" wins over `gives_others` at "), "{text}");
        assert!(text.ends_with("its `threshold` is 2, not 3"), "{text}");
        for function in [gives_a_bound, gives_settings, gives_others] {
            assert_eq!(function(1), Ok(1));
        }
        assert_eq!(registry.conflicts().len(), 1);
    })
    .await;
}

/// A value with `Display` that is not a `Key`, and one with `AsRef<str>` only.
#[test]
fn a_key_needs_display_or_as_ref_only() {
    struct Shown(u8);
    impl std::fmt::Display for Shown {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "shown-{}", self.0)
        }
    }
    struct Text(&'static str);
    impl AsRef<str> for Text {
        fn as_ref(&self) -> &str {
            self.0
        }
    }
    #[circuit_breaker(name = "keyed by display", key = shown)]
    fn by_display(shown: Shown) -> Result<u8, Error> {
        Ok(shown.0)
    }
    #[circuit_breaker(name = "keyed by text", key = text)]
    fn by_text(text: Text) -> Result<usize, Error> {
        Ok(text.0.len())
    }
    #[circuit_breaker(name = "keyed by a literal", key = 7)]
    fn by_literal() -> Result<(), Error> {
        Ok(())
    }
    assert_eq!(
        (by_display(Shown(1)), by_text(Text("eu")), by_literal()),
        (Ok(1), Ok(2), Ok(()))
    );
    for name in [
        "keyed by display[shown-1]",
        "keyed by text[eu]",
        "keyed by a literal[7]",
    ] {
        assert!(Registry::global().get(name).is_some(), "{name}");
    }
}

struct Path<T>(T);

/// A fallback by path gets whole parameters, so they are taken apart late.
#[test]
fn a_key_and_a_breaker_use_the_names_of_patterns() {
    fn saved(Path((tenant, _)): Path<(String, u8)>) -> Result<String, Error> {
        Ok(format!("{tenant} from memory"))
    }
    #[circuit_breaker(name = "keyed by a pattern", key = tenant, threshold = 1, fallback = saved)]
    fn by_name(Path((tenant, fails)): Path<(String, u8)>) -> Result<String, Error> {
        if fails == 1 { Err(Error::Down) } else { Ok(tenant) }
    }
    #[circuit_breaker(name = "keyed by text of a pattern", key = format!("{tenant}-{}", id + 1), fallback = saved)]
    fn by_text(Path((tenant, id)): Path<(String, u8)>) -> Result<String, Error> {
        Ok(format!("{tenant}{id}"))
    }
    #[circuit_breaker(breaker = &breakers.0, fallback = own)]
    fn by_breaker(Path(breakers): Path<&(fusebox::CircuitBreaker, u8)>) -> Result<u8, Error> {
        if breakers.1 == 0 {
            Err(Error::Down)
        } else {
            Ok(breakers.1)
        }
    }
    fn own(_: Path<&(fusebox::CircuitBreaker, u8)>) -> Result<u8, Error> {
        Ok(7)
    }
    let path = |fails| Path(("eu".to_owned(), fails));
    assert_eq!(by_name(path(1)), Err(Error::Down));
    assert_eq!(by_name(path(0)), Ok("eu from memory".to_owned()));
    assert_eq!(by_text(path(1)), Ok("eu1".to_owned()));
    for name in ["keyed by a pattern[eu]", "keyed by text of a pattern[eu-2]"] {
        assert!(Registry::global().get(name).is_some(), "{name}");
    }
    let breaker = fusebox::CircuitBreaker::builder("given by a pattern")
        .threshold(1)
        .build()
        .expect("legal");
    let down = (breaker.clone(), 0);
    assert_eq!(by_breaker(Path(&down)), Err(Error::Down));
    assert_eq!(by_breaker(Path(&(breaker, 1))), Ok(7));
}
