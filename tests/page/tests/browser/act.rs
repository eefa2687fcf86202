//! Commands, as an operator gives them.

use std::time::Duration;

use fusebox::State;
use serde_json::Value;

use crate::stage::{SECRET, SOON, Stage};

#[tokio::test]
async fn force_open_takes_a_reason_and_an_end_and_ends_by_itself() {
    let stage = Stage::new().await;
    stage.opens_command("force_open").await;
    let who = [
        ("who", "anna"),
        ("token", SECRET),
        ("for", "other"),
        ("minutes", "0.07"),
    ];
    stage.sends(&who).await;
    stage.sees("#command .problem", "Write a reason").await;
    assert_eq!(stage.payments.state(), State::Closed);

    stage.sends(&[("reason", "provider maintenance")]).await;
    stage.sees("#detail .state", "Forced open").await;
    stage.sees("#detail .history", "anna: provider maintenance").await;
    stage.sees("#spacer .error", "anna (provider maintenance)").await;
    assert_eq!(stage.payments.state(), State::ForcedOpen);

    let ended = stage.sees("#spacer .row .state", "Closed").await;
    assert!(
        ended < Duration::from_secs(7),
        "4.2 s, and at most 2 s until the page shows it: {ended:?}"
    );
    assert_eq!(stage.payments.state(), State::Closed);
    stage.browser.close().await;
}

#[tokio::test]
async fn a_wrong_token_is_refused_and_may_be_corrected() {
    let stage = Stage::new().await;
    stage.opens_command("trip").await;
    stage
        .sends(&[
            ("reason", "an exercise"),
            ("who", "anna"),
            ("token", "not-the-right-token"),
        ])
        .await;
    stage.sees("#command .problem", "not the operator's token").await;
    assert_eq!(stage.payments.generation(), 0);
    stage.sends(&[("token", SECRET)]).await;
    stage.sees("#detail .state", "Open").await;
    assert_eq!(stage.payments.state(), State::Open);

    // The token stays in this window, so the next command does not need it again.
    stage.opens_command("reset").await;
    stage.sends(&[("reason", "the exercise is over")]).await;
    stage.sees("#detail .state", "Closed").await;
    stage.browser.close().await;
}

#[tokio::test]
async fn settings_that_are_refused_show_the_reason() {
    let stage = Stage::new().await;
    stage.opens_command("set").await;
    let who = [("reason", "too eager"), ("who", "anna"), ("token", SECRET)];
    stage.sends(&who).await;
    stage
        .sees("#command .problem", "needs `threshold` or `cooldown_ms`")
        .await;
    stage.sends(&[("threshold", "3"), ("cooldown", "7.5")]).await;
    stage.sees("#detail section:last-of-type table", "7s 500ms").await;
    assert_eq!(stage.payments.settings().cooldown(), Duration::from_millis(7500));
    stage.browser.close().await;
}

#[tokio::test]
async fn a_keyboard_is_enough() {
    let stage = Stage::new().await;
    let browser = &stage.browser;
    browser.press(&["/"]).await;
    browser.wait("document.activeElement.id === 'filter'", SOON).await;
    browser.press(&["pay", "ArrowDown"]).await;
    browser
        .wait("document.activeElement.innerText === 'payments'", SOON)
        .await;
    browser.press(&["Enter"]).await;
    stage.sees("#detail .explain", "payments is closed").await;

    // From the close button to the fourth command, `Trip`: `Release` is disabled.
    browser.press(&["Tab", "Tab", "Tab"]).await;
    browser
        .wait("document.activeElement.dataset.command === 'trip'", SOON)
        .await;
    browser.press(&["Enter"]).await;
    browser
        .wait("document.activeElement.name === 'reason'", SOON)
        .await;
    browser
        .press(&["an exercise", "Tab", "anna", "Tab", SECRET, "Enter"])
        .await;
    stage.sees("#detail .state", "Open").await;
    assert_eq!(stage.payments.state(), State::Open);

    browser.press(&["Escape"]).await;
    browser
        .wait("!document.getElementById('detail').open", SOON)
        .await;
    let focus = "document.activeElement.innerText === 'payments'";
    browser.wait(focus, SOON).await;
    stage.browser.close().await;
}

#[tokio::test]
async fn a_screen_reader_gets_words() {
    let stage = Stage::new().await;
    stage.payments.trip();
    stage.sees("#announce", "payments: Open").await;
    stage
        .browser
        .wait(
            "document.querySelector('#spacer canvas').ariaLabel !== null",
            SOON,
        )
        .await;
    let unnamed = "return [...document.querySelectorAll('button, input, select, canvas, dialog, section')]
        .filter((node) => !(node.ariaLabel || node.getAttribute('aria-labelledby') || node.innerText?.trim() || node.labels?.length || node.closest('[hidden]')))
        .map((node) => node.outerHTML.slice(0, 80))";
    let unnamed = stage.browser.run(unnamed).await;
    assert_eq!(unnamed, Value::Array(Vec::new()), "each has a name");
    stage.browser.close().await;
}
