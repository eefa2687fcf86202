//! Groups of keyed breakers, and what configuration does.

use std::time::Duration;

use fusebox::{State, Threshold, config::Overrides};
use serde_json::Value;

use crate::stage::{SECRET, SOON, Stage};

#[tokio::test]
async fn a_group_is_one_row_and_its_keys_are_found_on_demand() {
    let stage = Stage::new().await;
    let browser = &stage.browser;
    let builder = stage.registry.keyed("hosts").threshold(Threshold::failures(1));
    let hosts = builder
        .cooldown(Duration::from_secs(45))
        .max_keys(500)
        .build()
        .unwrap();
    for host in 0..300 {
        hosts.get(format!("host-{host:03}"));
    }
    hosts
        .get("host-217")
        .try_acquire()
        .unwrap()
        .failure_with("connection refused");
    // The worst first: the group stands above the closed breaker.
    stage.sees("#spacer [data-state=open] .badge", "300 keys").await;
    stage.sees("#spacer [data-state=open] .state", "1 open").await;
    stage
        .sees("#spacer [data-state=open] .error", "host-217: connection refused")
        .await;
    stage
        .sees("#spacer [data-state=open] .c-failing", "1 / 300 keys")
        .await;
    let rows = browser
        .run("return document.querySelectorAll('#spacer .row').length")
        .await;
    assert_eq!(rows, Value::from(2), "no key is a row");

    browser.run("location.hash = '#/hosts'").await;
    stage
        .sees("#group-sheet .explain", "hosts: 1 key open, 299 closed")
        .await;
    stage
        .sees("#group-sheet .note", "100 of 300 keys, the worst first")
        .await;
    stage.sees("#group-sheet .keys li", "host-217").await;
    let search = "const field = document.querySelector('#group-sheet input');
        field.value = 'HOST-29'; field.dispatchEvent(new Event('input'))";
    browser.run(search).await;
    stage.sees("#group-sheet .note", "10 of 10 keys").await;
    stage.sees("#group-sheet .keys li", "host-290").await;

    browser
        .run("document.querySelector('#group-sheet .keys a').click()")
        .await;
    stage.sees("#detail-name", "hosts[host-290]").await;
    stage.sees("#detail .explain", "hosts[host-290] is closed").await;
    browser
        .run("document.querySelector('#detail [data-command=trip]').click()")
        .await;
    stage
        .sends(&[("reason", "an exercise"), ("who", "anna"), ("token", SECRET)])
        .await;
    stage.sees("#detail .state", "Open").await;
    assert_eq!(hosts.get("host-290").state(), State::Open);
    assert_eq!(hosts.get("host-291").state(), State::Closed);
    browser.press(&["Escape"]).await;
    browser
        .wait("!document.querySelector('dialog[open]')", SOON)
        .await;
    stage.browser.close().await;
}

#[tokio::test]
async fn a_link_to_a_group_or_a_key_opens_its_sheet() {
    let stage = Stage::new().await;
    let hosts = stage.registry.keyed("hosts").build().unwrap();
    hosts.get("eu/1");
    let url = format!("http://{}", stage.server.address());
    for (link, selector, text) in [
        ("hosts", "#group-name", "hosts"),
        ("hosts%5Beu%2F1%5D", "#detail-name", "hosts[eu/1]"),
    ] {
        stage.browser.open("about:blank").await;
        stage.browser.open(&format!("{url}/#/{link}")).await;
        stage.sees(selector, text).await;
        stage.sees("dialog[open] .explain", "hosts").await;
    }
    stage.browser.close().await;
}

#[tokio::test]
async fn a_setting_has_its_source_and_a_disabled_breaker_is_one() {
    let stage = Stage::new().await;
    let file = "[breaker.payments]\ncooldown = \"7s\"\nmode = \"disabled\"\nreason = \"migration\"\n";
    let overrides = Overrides::from_toml(file).unwrap();
    let applied = overrides.apply(&stage.registry).unwrap();
    assert!(applied.warnings().is_empty());
    stage.sees("#spacer .row .state", "Disabled").await;
    stage.sees("#spacer .error", "migration").await;
    stage.sees("#chips [data-state=disabled]", "1").await;
    stage.browser.run("location.hash = '#/payments'").await;
    stage.sees("#detail .state", "Disabled").await;
    let setting = async |key: &str| {
        let script = format!(
            "return [...document.querySelectorAll('#detail section tr')]
                .find((row) => row.firstChild.innerText === '{key}')?.innerText ?? null"
        );
        stage.browser.run(&script).await.as_str().unwrap_or("").to_owned()
    };
    let cooldown = setting("cooldown").await;
    assert!(cooldown.contains("7s") && cooldown.contains(":2"), "{cooldown}");
    let threshold = setting("threshold").await;
    assert!(
        threshold.contains("builder ") && threshold.contains("stage.rs:"),
        "{threshold}"
    );
    let jitter = setting("jitter").await;
    assert!(jitter.contains("default"), "{jitter}");
    stage.browser.close().await;
}
