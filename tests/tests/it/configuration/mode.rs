//! `mode` and the kill switch.

use fusebox::{Event, Operator, Outcome, Registry, State, Threshold, config::Overrides};

use super::{apply, breaker};

const OPEN: &str = "[breaker.payments]\nmode = 'forced_open'\nreason = 'maintenance until 14:00'";

#[tokio::test]
async fn a_mode_is_an_override_with_its_line_and_its_reason() {
    let registry = Registry::new();
    let payments = breaker(&registry, "payments");
    let applied = apply(&registry, OPEN);
    assert_eq!(
        applied.to_string(),
        "payments: mode forced_open instead of auto\n"
    );
    assert_eq!(payments.state(), State::ForcedOpen);
    let change = payments.snapshot().last_change.expect("an override");
    let operator = change.operator.expect("the file");
    assert_eq!(operator.to_string(), "fusebox.toml:2 (maintenance until 14:00)");
    let applied = apply(&registry, "");
    assert_eq!(
        applied.to_string(),
        "payments: mode auto instead of forced_open\n"
    );
    assert_eq!(payments.state(), State::Closed);
}

#[test]
fn a_breaker_that_is_made_later_starts_in_its_mode_with_one_event() {
    let registry = Registry::new();
    let _ = apply(&registry, OPEN);
    let events = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let kept = std::sync::Arc::clone(&events);
    let _subscription = registry.on_event(move |event: &Event| {
        kept.lock().expect("no panic here").push(event.to_string());
    });
    assert_eq!(breaker(&registry, "payments").state(), State::ForcedOpen);
    assert_eq!(
        breaker(&registry, "payments").state(),
        State::ForcedOpen,
        "found again"
    );
    assert_eq!(
        *events.lock().expect("no panic here"),
        [
            "circuit breaker `payments` went from closed to forced_open: an override was set or released; by \
          fusebox.toml:2 (maintenance until 14:00)"
        ]
    );
}

#[test]
fn an_operator_wins_over_the_mode_until_the_mode_changes() {
    let registry = Registry::new();
    let payments = breaker(&registry, "payments");
    let _ = apply(&registry, OPEN);
    payments.release_override_by(Operator::new("anna", "it works again"));
    let _ = apply(&registry, &format!("{OPEN}\ncooldown = '5s'"));
    assert_eq!(payments.state(), State::Closed, "the same mode as before");
    let _ = apply(&registry, "[breaker.payments]\nmode = 'forced_closed'");
    assert_eq!(payments.state(), State::ForcedClosed, "another mode");
    payments.force_open_by(Operator::new("anna", "it is down"));
    let _ = apply(&registry, "[breaker.payments]\nmode = 'disabled'");
    assert_eq!(payments.state(), State::ForcedOpen, "what the operator has set");
    let _ = apply(&registry, "");
    assert_eq!(payments.state(), State::ForcedOpen, "also without a mode");
}

#[test]
fn a_mode_for_all_and_auto_for_one() {
    let registry = Registry::new();
    let _ = apply(
        &registry,
        "[defaults]\nmode = 'forced_closed'\n[breaker.payments]\nmode = 'auto'",
    );
    assert_eq!(breaker(&registry, "orders").state(), State::ForcedClosed);
    assert_eq!(breaker(&registry, "payments").state(), State::Closed);
}

#[tokio::test]
async fn a_disabled_breaker_admits_every_call_and_records_none() {
    let registry = Registry::new();
    let payments = registry
        .breaker("payments")
        .threshold(Threshold::failures(1))
        .slow_call(std::time::Duration::from_nanos(1))
        .build()
        .expect("new");
    payments.trip();
    payments.try_acquire().expect_err("open");
    let before = payments.snapshot().totals;
    let _ = apply(&registry, "[breaker.payments]\nmode = 'disabled'");
    assert_eq!(payments.state(), State::Disabled);
    assert_eq!(payments.state().to_string(), "disabled");
    for _ in 0..10 {
        payments
            .call(async { Err::<(), _>("down") })
            .await
            .expect_err("down");
        payments.call(async { Ok::<_, &str>(()) }).await.expect("up");
        payments.try_acquire().expect("admitted").failure();
        payments.try_acquire_owned().expect("admitted").success();
        payments.ready().await.record(Outcome::Failure);
        drop(payments.try_acquire().expect("admitted"));
        drop(payments.ready().await);
    }
    payments.closed().await;
    let panicked = tokio::spawn({
        let payments = payments.clone();
        async move {
            payments
                .call(async { panic!("in a call") as Result<(), &str> })
                .await
        }
    });
    panicked.await.expect_err("it panicked");
    assert_eq!(payments.state(), State::Disabled);
    assert_eq!(payments.snapshot().totals, before);
    let admitted = payments.try_acquire().expect("admitted");
    let _ = apply(&registry, "");
    assert_eq!(payments.state(), State::Open, "it goes on where it was");
    admitted.failure();
    assert_eq!(payments.snapshot().totals, before, "admitted while disabled");
}

#[test]
fn the_kill_switch_disables_every_breaker_and_those_made_later() {
    let registry = Registry::new();
    let orders = breaker(&registry, "orders");
    let switch = |value| {
        let overrides = Overrides::from_vars([
            ("FUSEBOX_DISABLED", value),
            ("FUSEBOX__ORDERS__MODE", "forced_open"),
        ]);
        let _ = overrides.expect("correct").apply(&registry).expect("fits");
    };
    switch("1");
    assert_eq!(orders.state(), State::Disabled);
    assert_eq!(breaker(&registry, "payments").state(), State::Disabled);
    switch("0");
    assert_eq!(orders.state(), State::ForcedOpen);
    assert_eq!(breaker(&registry, "payments").state(), State::Closed);
}
