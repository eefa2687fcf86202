//! Two instances of a service, each with its page.

use std::time::Duration;

use fusebox::{
    CircuitBreaker, Registry, State,
    dashboard::Server,
    fleet::{Fleet, FleetOptions, Store},
};
use fusebox_page_tests::browser::Browser;

use crate::stage::{SECRET, SOON, Stage, breaker, page};

struct Instance {
    payments: CircuitBreaker,
    server: Server,
    _fleet: Fleet,
}

impl Instance {
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
    let (one, two) = (
        Instance::new(&store, "pod-1").await,
        Instance::new(&store, "pod-2").await,
    );
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

/// Fills what the dialog requires, and sends it.
async fn send(browser: &Browser, reason: &str) {
    let fill = format!(
        "const {{ elements }} = document.querySelector('#command form');
         elements.reason.value = '{reason}';
         elements.who.value = 'anna';
         if (elements.token) elements.token.value = '{SECRET}';
         document.querySelector('#command [type=submit]').click()"
    );
    browser.run(&fill).await;
    browser
        .wait("!document.getElementById('command').open", SOON)
        .await;
}

#[tokio::test]
async fn an_instance_that_leaves_disappears() {
    let store = Store::local();
    let one = Instance::new(&store, "pod-1").await;
    let two = Instance::new(&store, "pod-2").await;
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
