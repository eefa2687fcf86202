//! Every annotated function is in the catalogue, called or not.

use std::{io, time::Duration};

use fusebox::{Registry, State, Threshold, circuit_breaker};

const LINE: u32 = line!() + 1;
#[circuit_breaker(name = "catalogue-never-called", threshold = 7, cooldown = "3s")]
#[allow(dead_code, reason = "that is the point")]
async fn never_called() -> io::Result<()> {
    Ok(())
}

#[test]
fn a_function_that_is_never_called_is_in_the_catalogue() {
    let registry = Registry::new();
    let declaration = registry
        .catalog()
        .find(|declaration| declaration.explicit_name() == Some("catalogue-never-called"))
        .expect("linked in");
    let settings = declaration.settings().expect("some were written");
    assert_eq!(settings.threshold(), Threshold::failures(7));
    assert_eq!(settings.cooldown(), Duration::from_secs(3));
    let place = declaration.location();
    assert_eq!(
        (place.function(), place.file(), place.crate_name()),
        ("never_called", file!(), "it")
    );
    assert_eq!(place.line(), LINE);
}

#[test]
fn declare_all_makes_every_breaker_closed() {
    let registry = Registry::new();
    assert_eq!(registry.iter().count(), 0);
    // This program declares conflicts on purpose, see `conflicts`.
    let error = registry.declare_all().expect_err("the conflicts of this program");
    assert_eq!(error.conflicts(), registry.conflicts());
    let first = &error.conflicts()[0];
    assert!(error.to_string().starts_with(&first.to_string()), "{error}");
    assert!(
        error.to_string().contains(&first.loser().to_string()),
        "both locations: {error}"
    );
    let breaker = registry.get("catalogue-never-called").expect("made");
    assert_eq!(breaker.state(), State::Closed);
    assert_eq!(breaker.settings().threshold(), Threshold::failures(7));
    assert!(registry.iter().count() >= registry.catalog().count() / 2);
}

#[test]
fn get_makes_a_declared_breaker_and_never_an_undeclared_one() {
    let registry = Registry::new();
    let breaker = registry.get("catalogue-never-called").expect("declared");
    assert_eq!(breaker.settings().threshold(), Threshold::failures(7));
    assert!(registry.get("catalogue-never-declared").is_none());
    let names: Vec<_> = registry
        .into_iter()
        .map(|breaker| breaker.name().to_owned())
        .collect();
    assert_eq!(names, ["catalogue-never-called"]);
}

#[test]
fn a_builder_by_name_gets_the_breaker_of_a_function_without_one() {
    let registry = Registry::new();
    let breaker = registry.breaker(generic_name()).build().expect("only a name");
    assert_eq!(breaker.settings().threshold(), Threshold::failures(2));
    registry
        .breaker(generic_name())
        .threshold(3)
        .build()
        .expect_err("declared with 2");
    breaker.trip();
    let of_the_function = registry.get(generic_name()).expect("declared");
    assert_eq!(of_the_function.state(), State::Open);
}

fn generic_name() -> &'static str {
    concat!(module_path!(), "::generic")
}

#[circuit_breaker(threshold = 2)]
async fn generic<T: Send>(_value: T) -> io::Result<()> {
    Err(io::ErrorKind::Other.into())
}

#[tokio::test]
async fn one_breaker_for_all_type_arguments() {
    fusebox::testing::isolated(async {
        assert_eq!(generic(1_u8).await.unwrap_err().kind(), io::ErrorKind::Other);
        assert_eq!(generic("text").await.unwrap_err().kind(), io::ErrorKind::Other);
        assert_eq!(
            Registry::current().get(generic_name()).expect("made").state(),
            State::Open
        );
        let rejected = generic(1.5_f32).await.unwrap_err();
        assert!(fusebox::Rejected::find(&rejected).is_some(), "{rejected}");
    })
    .await;
}
