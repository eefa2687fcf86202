//! Every annotated function is known, called or not.

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
    assert!(registry.get("catalogue-never-called").is_none());
    // This program declares conflicts on purpose, see `conflicts`.
    registry.declare_all().expect_err("the conflicts of this program");
    let breaker = registry.get("catalogue-never-called").expect("made");
    assert_eq!(breaker.state(), State::Closed);
    assert_eq!(breaker.settings().threshold(), Threshold::failures(7));
    assert!(registry.iter().count() >= registry.catalog().count() / 2);
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
        assert_eq!(
            generic(1.5_f32).await.unwrap_err().kind(),
            io::ErrorKind::ConnectionRefused
        );
    })
    .await;
}
