//! Functions with the same name: with equal settings, others, and by accident.

use std::io;

use fusebox::{CircuitBreaker, ConfigError, Location, Registry, State, Threshold, circuit_breaker};

#[circuit_breaker(name = "shared", threshold = 2, cooldown = "10s")]
async fn read(fail: bool) -> io::Result<()> {
    if fail {
        Err(io::ErrorKind::Other.into())
    } else {
        Ok(())
    }
}

#[circuit_breaker(name = "shared", threshold = 2, cooldown = "10s", failure = Err(_))]
async fn write(fail: bool) -> io::Result<()> {
    if fail {
        Err(io::ErrorKind::Other.into())
    } else {
        Ok(())
    }
}

#[tokio::test]
async fn r18_two_functions_with_the_same_name_and_settings_share_one_breaker() {
    fusebox::testing::isolated(async {
        let _ = read(true).await;
        let _ = write(true).await;
        assert_eq!(
            Registry::current().get("shared").expect("made").state(),
            State::Open
        );
        assert!(
            Registry::current().conflicts().is_empty(),
            "failure patterns belong to the site"
        );
    })
    .await;
}

const FIRST: u32 = line!() + 1;
#[circuit_breaker(name = "disputed", threshold = 3)]
async fn first_in_the_file() -> io::Result<()> {
    Ok(())
}

const SECOND: u32 = line!() + 1;
#[circuit_breaker(name = "disputed", threshold = 4)]
async fn second_in_the_file() -> io::Result<()> {
    Ok(())
}

#[circuit_breaker(name = "disputed")]
async fn only_names_it() -> io::Result<()> {
    Ok(())
}

#[tokio::test]
async fn r18_a_conflict_is_reported_with_both_places_whichever_runs_first() {
    for order in [[1, 2, 3], [2, 1, 3], [3, 2, 1]] {
        fusebox::testing::isolated(async {
            for which in order {
                match which {
                    1 => first_in_the_file().await,
                    2 => second_in_the_file().await,
                    _ => only_names_it().await,
                }
                .expect("closed");
            }
            let registry = Registry::current();
            // Without the catalogue, the first call wins.
            let is_in_order = cfg!(feature = "catalog") || order[0] == 1;
            let (first, second) = (("first_in_the_file", FIRST, 3), ("second_in_the_file", SECOND, 4));
            let (winner, loser) = if is_in_order {
                (first, second)
            } else {
                (second, first)
            };
            assert_eq!(
                registry.get("disputed").expect("made").settings().threshold(),
                Threshold::failures(winner.2)
            );
            let conflicts = registry.conflicts();
            let [conflict] = conflicts.as_slice() else {
                panic!("one losing site: {conflicts:?}")
            };
            let at = |location: Location| (location.function(), location.line());
            assert_eq!(conflict.winner().map(at), Some((winner.0, winner.1)));
            assert_eq!(at(conflict.loser()), (loser.0, loser.1));
            let text = conflict.to_string();
            let start = format!("circuit breaker `disputed` is declared twice: `{}` at ", winner.0);
            let end = format!(", its `threshold` is {}, not {}", winner.2, loser.2);
            assert!(text.starts_with(&start) && text.ends_with(&end), "{text}");
        })
        .await;
    }
}

#[cfg_attr(not(feature = "catalog"), ignore = "the function is not called")]
#[test]
fn r18_the_catalogue_decides_against_a_builder_too() {
    let registry = Registry::new();
    let error = registry
        .breaker("disputed")
        .threshold(Threshold::failures(9))
        .build()
        .expect_err("declared");
    let at = format!("{}:{FIRST}", file!());
    assert_eq!(
        error.to_string(),
        format!("circuit breaker `disputed` is declared with `threshold` 3 at {at}, not 9")
    );
    assert!(matches!(error, ConfigError::Conflict { .. }));
    assert_eq!(registry.iter().count(), 0, "a rejected builder registers nothing");
    let by_name = registry.breaker("disputed").build().expect("only a name");
    assert_eq!(by_name.settings().threshold(), Threshold::failures(3));
}

#[tokio::test]
async fn r18_settings_that_changed_while_running_do_not_conflict() {
    fusebox::testing::isolated(async {
        read(false).await.expect("closed");
        let shared = Registry::current().get("shared").expect("made");
        let (declared, in_force) = (
            shared.settings(),
            shared.settings().with_threshold(Threshold::failures(9)),
        );
        shared.reconfigure(in_force).expect("legal settings");
        write(false).await.expect("closed");
        assert!(Registry::current().conflicts().is_empty());
        for settings in [declared, in_force] {
            let same = CircuitBreaker::builder("shared")
                .settings(settings)
                .build()
                .expect("declared, or in force");
            assert_eq!(same.settings(), in_force, "a builder changes nothing");
        }
        let other = CircuitBreaker::builder("shared").threshold(7).build();
        let error = other.expect_err("neither").to_string();
        assert!(
            error.contains("is declared with `threshold` 2 at "),
            "the declared one, not the one in force: {error}"
        );
    })
    .await;
}

struct A;
struct B;

impl A {
    const LINE: u32 = line!() + 1;
    #[circuit_breaker(threshold = 1)]
    async fn load() -> io::Result<()> {
        Err(io::ErrorKind::Other.into())
    }
}

impl B {
    const LINE: u32 = line!() + 1;
    #[circuit_breaker(threshold = 1)]
    async fn load() -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn r18_equal_default_names_never_share() {
    fusebox::testing::isolated(async {
        A::load().await.expect_err("its own error");
        B::load().await.expect("its own breaker is closed");
        let registry = Registry::current();
        let plain = concat!(module_path!(), "::load");
        let names: Vec<_> = registry.iter().map(|breaker| breaker.name().to_owned()).collect();
        assert_eq!(names.len(), 2);
        let own_name = |line: u32| format!("{plain}@{}:{line}", file!());
        // Without the catalogue, the first call finds its default name free.
        let of_the_first = if cfg!(feature = "catalog") {
            own_name(A::LINE)
        } else {
            plain.to_owned()
        };
        assert_eq!(names, [of_the_first, own_name(B::LINE)]);
        assert_eq!(registry.conflicts().len(), 1);
    })
    .await;
}

#[cfg_attr(not(feature = "catalog"), ignore = "the function is not called")]
#[test]
fn a_name_is_a_constant_too() {
    const NAME: &str = "from-a-constant";

    #[circuit_breaker(name = NAME)]
    #[allow(dead_code, reason = "the catalogue has it")]
    async fn named() -> io::Result<()> {
        Ok(())
    }

    let registry = Registry::new();
    assert!(
        registry
            .catalog()
            .any(|declaration| declaration.explicit_name() == Some(NAME))
    );
    let _: CircuitBreaker = registry.breaker(NAME).build().expect("only a name");
}
