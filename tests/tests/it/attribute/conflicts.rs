//! Functions with the same name: with equal settings, others, and by accident.

use std::io;

use fusebox::{CircuitBreaker, ConfigError, Registry, State, Threshold, circuit_breaker};

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
            assert_eq!(
                registry.get("disputed").expect("made").settings().threshold(),
                Threshold::failures(3)
            );
            let conflicts = registry.conflicts();
            let [conflict] = conflicts.as_slice() else {
                panic!("one losing site: {conflicts:?}")
            };
            let winner = conflict.winner().expect("a function");
            assert_eq!((winner.function(), winner.line()), ("first_in_the_file", FIRST));
            assert_eq!(
                (conflict.loser().function(), conflict.loser().line()),
                ("second_in_the_file", SECOND)
            );
            let text = conflict.to_string();
            assert!(
                text.starts_with("circuit breaker `disputed` is declared twice: `first_in_the_file` at ")
                    && text.ends_with(", its `threshold` is 3, not 4"),
                "{text}"
            );
        })
        .await;
    }
}

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
async fn r18_settings_that_changed_while_running_are_no_conflict() {
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
        for (name, line) in names.iter().zip([A::LINE, B::LINE]) {
            assert_eq!(*name, format!("{plain}@{}:{line}", file!()));
        }
        assert_eq!(registry.conflicts().len(), 1);
    })
    .await;
}

#[test]
fn a_name_is_a_constant_too() {
    const NAME: &str = "from-a-constant";

    #[circuit_breaker(name = NAME)]
    #[allow(dead_code, reason = "the catalogue knows it")]
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
