//! Two instances of a service, each with its page.

use std::time::Duration;

use fusebox::{
    CircuitBreaker, Registry, State,
    dashboard::Server,
    fleet::{Fleet, FleetOptions, Store},
};
use fusebox_page_tests::browser::Browser;

use crate::{
    look::picture,
    stage::{SECRET, SOON, Stage, breaker, page},
};

struct Instance {
    payments: CircuitBreaker,
    server: Server,
    _fleet: Fleet,
}

impl Instance {
    /// Returns the instance `pod-1` and another one.
    async fn pair(store: &Store, other: &str) -> (Self, Self) {
        (Self::new(store, "pod-1").await, Self::new(store, other).await)
    }

    async fn new(store: &Store, name: &str) -> Self {
        let registry = Registry::new();
        let payments = breaker(&registry, "payments");
        breaker(&registry, "mail");
        let fleet = Fleet::join(&registry, store, FleetOptions::new("shop").instance(name)).unwrap();
        fleet.joined().await;
        let server = page(&registry).fleet(&fleet).serve("127.0.0.1:0").await.unwrap();
        Self {
            payments,
            server,
            _fleet: fleet,
        }
    }
}

/// Waits until the row of `payments` has these states.
///
/// The instance of the page comes first.
async fn shows(browser: &Browser, states: [&str; 2]) -> Duration {
    let expression = format!(
        "(() => {{
            const row = [...document.querySelectorAll('.matrix tbody tr')].find((row) => row.querySelector('a').innerText === 'payments');
            const states = [...row?.querySelectorAll('td .word') ?? []].map((word) => word.innerText);
            return states[0] === '{}' && states[1] === '{}';
        }})()",
        states[0], states[1]
    );
    browser.wait(&expression, SOON).await
}

#[tokio::test]
async fn each_page_shows_both_instances_and_commands_one_or_all() {
    let store = Store::local();
    let (one, two) = Instance::pair(&store, "pod-2").await;
    let browser = Browser::start().await;
    browser.resize(1400, 900).await;
    browser.open(&format!("http://{}", one.server.address())).await;
    browser
        .wait("document.querySelectorAll('#spacer .row').length === 2", SOON)
        .await;
    browser.run("document.getElementById('view-fleet').click()").await;
    shows(&browser, ["Closed", "Closed"]).await;
    let head = browser.text(".matrix thead").await;
    assert!(
        head.contains("pod-1") && head.contains("this page") && head.contains("pod-2"),
        "{head}"
    );
    let facts = browser.text(".fleet-head").await;
    assert!(
        facts.contains("Store answers") && facts.contains("shop"),
        "{facts}"
    );

    // One bad instance.
    two.payments.try_acquire().unwrap().failure_with("down");
    let seen = shows(&browser, ["Closed", "Open"]).await;
    assert!(seen < Duration::from_secs(3), "{seen:?}");

    // A command for all, from the row.
    browser
        .run("[...document.querySelectorAll('.matrix tbody tr')].find((row) => row.innerText.includes('payments')).querySelector('.all button').click()")
        .await;
    let chosen = browser
        .run("return document.querySelector('#command [name=at]:checked').value")
        .await;
    assert_eq!(chosen, "fleet");
    send(&browser, "the provider is down").await;
    shows(&browser, ["Forced open", "Forced open"]).await;
    assert_eq!(
        (one.payments.state(), two.payments.state()),
        (State::ForcedOpen, State::ForcedOpen)
    );
    browser
        .wait(
            "document.querySelector('.matrix tbody').innerText.includes('anna (the provider is down)')",
            SOON,
        )
        .await;

    // Released on all; then a command for this instance alone, from the details.
    browser
        .run("[...document.querySelectorAll('.matrix .all button')].find((button) => button.innerText === 'Release').click()")
        .await;
    send(&browser, "it is well again").await;
    shows(&browser, ["Closed", "Open"]).await;
    browser.run("location.hash = '#/payments'").await;
    browser
        .wait(
            "document.querySelector('#detail').innerText.includes('pod-2')",
            SOON,
        )
        .await;
    browser
        .run("document.querySelector('#detail [data-command=force_closed]').click()")
        .await;
    send(&browser, "it is well here").await;
    browser
        .wait(
            "document.querySelector('#detail .state').innerText === 'Forced closed'",
            SOON,
        )
        .await;
    assert_eq!(
        (one.payments.state(), two.payments.state()),
        (State::ForcedClosed, State::Open)
    );
    browser.close().await;
}

/// Opens the dialog of a cell: the row of `payments`, and this column.
async fn choose(browser: &Browser, instance: &str, command: &str) {
    let cell = format!(
        "const row = [...document.querySelectorAll('.matrix tbody tr')].find((row) => row.querySelector('a').innerText === 'payments');
         row.querySelector('td[data-instance=\"{instance}\"] button.one').click();
         document.querySelector('#command [data-command={command}]').click()"
    );
    browser.run(&cell).await;
}

#[tokio::test]
async fn a_page_commands_one_other_instance_and_shows_what_is_forced_there() {
    let store = Store::local();
    let (one, two) = Instance::pair(&store, "inventory-7f3").await;
    let browser = Browser::start().await;
    browser.resize(1400, 900).await;
    browser.open(&format!("http://{}", one.server.address())).await;
    browser.run("document.getElementById('view-fleet').click()").await;
    shows(&browser, ["Closed", "Closed"]).await;

    choose(&browser, "inventory-7f3", "force_open").await;
    let chosen = browser
        .run("const { elements } = document.querySelector('#command form'); return [elements.at.value, elements.instance.value].join()")
        .await;
    assert_eq!(chosen, "other,inventory-7f3");
    browser.screenshot(&picture("fleet-command")).await;
    send(&browser, "a bad host").await;
    shows(&browser, ["Closed", "Forced open"]).await;
    assert_eq!(
        (one.payments.state(), two.payments.state()),
        (State::Closed, State::ForcedOpen)
    );
    let by = "[...document.querySelectorAll('.matrix td small')].some((note) => note.innerText === 'anna (a bad host)')";
    browser.wait(by, SOON).await;
    let ends = "[...document.querySelectorAll('.matrix td[data-state=forced_open] .ends')].some((end) => end.innerText !== '')";
    browser.wait(ends, SOON).await;
    browser.screenshot(&picture("fleet-one-forced")).await;

    // The details name the operator as well.
    browser.run("location.hash = '#/payments'").await;
    browser
        .wait(
            "document.querySelector('#detail').innerText.includes('by anna (a bad host)')",
            SOON,
        )
        .await;
    browser
        .run("document.querySelector('#detail .close').click()")
        .await;
    choose(&browser, "inventory-7f3", "release").await;
    send(&browser, "it is replaced").await;
    shows(&browser, ["Closed", "Closed"]).await;
    assert_eq!(two.payments.state(), State::Closed);

    // All three places are offered for a command from a row: this instance, another one, all.
    browser
        .run("[...document.querySelectorAll('.matrix tbody tr')].find((row) => row.innerText.includes('payments')).querySelector('.all button').click()")
        .await;
    let offered = browser
        .run("return [...document.querySelectorAll('#command [name=at]')].map((choice) => choice.parentElement.innerText).join('|')")
        .await;
    assert_eq!(offered, "This instance, pod-1|One other instance|All instances");
    let is_hidden = "return document.querySelector('#command select').hidden";
    assert_eq!(browser.run(is_hidden).await, true);
    browser
        .run("document.querySelector('#command [name=at][value=other]').click()")
        .await;
    assert_eq!(browser.run(is_hidden).await, false);
    send(&browser, "again").await;
    shows(&browser, ["Closed", "Forced open"]).await;

    // What an instance's own operator forced is shown on the pages of the others.
    two.payments.release_override();
    one.payments
        .force_closed_by(fusebox::Operator::new("bert", "<script>alert(1)</script>"));
    let other = Browser::start().await;
    other.resize(400, 900).await;
    other.open(&format!("http://{}", two.server.address())).await;
    other.run("document.getElementById('view-fleet').click()").await;
    shows(&other, ["Closed", "Forced closed"]).await;
    let text = other.text(".matrix").await;
    assert!(text.contains("bert (<script>alert(1)</script>)"), "{text}");
    other.screenshot(&picture("fleet-narrow")).await;
    other.close().await;

    // An instance that is gone refuses with a message in the dialog.
    choose(&browser, "inventory-7f3", "force_open").await;
    let Instance { _fleet: fleet, .. } = two;
    fleet.leave().await;
    fill(&browser, "too late").await;
    let refused = "document.querySelector('#command .problem').innerText.startsWith('no live instance is named `inventory-7f3`')";
    browser.wait(refused, SOON).await;
    browser.close().await;
}

/// Fills what the dialog requires, and sends it.
async fn send(browser: &Browser, reason: &str) {
    fill(browser, reason).await;
    browser
        .wait("!document.getElementById('command').open", SOON)
        .await;
}

async fn fill(browser: &Browser, reason: &str) {
    let fill = format!(
        "const {{ elements }} = document.querySelector('#command form');
         elements.reason.value = '{reason}';
         elements.who.value = 'anna';
         if (elements.token) elements.token.value = '{SECRET}';
         document.querySelector('#command [type=submit]').click()"
    );
    browser.run(&fill).await;
}

#[tokio::test]
async fn an_instance_that_leaves_disappears() {
    let store = Store::local();
    let (one, two) = Instance::pair(&store, "pod-2").await;
    let browser = Browser::start().await;
    browser.open(&format!("http://{}", one.server.address())).await;
    browser.run("document.getElementById('view-fleet').click()").await;
    browser
        .wait("document.querySelectorAll('.matrix thead b').length === 2", SOON)
        .await;
    drop(two);
    browser
        .wait(
            "document.querySelectorAll('.matrix thead b').length === 1",
            Duration::from_secs(20),
        )
        .await;
    browser.close().await;
}

#[tokio::test]
async fn without_a_fleet_there_is_no_such_view() {
    let stage = Stage::new().await;
    let is_hidden = "document.getElementById('view-fleet').hidden";
    stage.browser.wait(is_hidden, SOON).await;
    // A view that was chosen on the page of a member.
    let script = "localStorage.setItem('view', JSON.stringify({ shows: 'fleet' })); location.reload()";
    stage.browser.run(script).await;
    stage.sees("#spacer .row .name", "payments").await;
    stage.browser.press(&["v", "v"]).await;
    stage.sees("#spacer .row .name", "payments").await;
    stage.browser.close().await;
}
