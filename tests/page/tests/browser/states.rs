//! Pictures of what a breaker and the page can be in.

use std::time::Duration;

use fusebox::{Registry, Threshold, config::Overrides};
use fusebox_page_tests::browser::Browser;
use tokio::time::sleep;

use crate::{
    look::picture,
    stage::{SOON, page},
};

#[tokio::test]
async fn every_state_has_a_picture() {
    let registry = Registry::new();
    let make = |name: &str| {
        let builder = registry.breaker(name).threshold(Threshold::failures(3));
        builder
            .cooldown(Duration::from_secs(45))
            .latency(true)
            .build()
            .unwrap()
    };
    let fail = |name: &str, error: &str| {
        let breaker = make(name);
        for _ in 0..3 {
            breaker.try_acquire().unwrap().failure_with(error);
        }
        breaker
    };
    for name in ["accounts::login", "search::query", "tax"] {
        make(name).try_acquire().unwrap().success();
    }
    fail("payments", "connect error: Connection refused (os error 111)");
    let inventory = fail("inventory", "503 Service Unavailable");
    inventory.end_cooldown();
    let trial = inventory.try_acquire().unwrap();
    make("images").force_open_for(Duration::from_secs(5_400));
    make("reviews").force_closed();
    make("a service whose name is as long as names may be, ".repeat(3)[..128].trim());
    make("mail");
    let file = "[breaker.mail]\nmode = \"disabled\"\nreason = \"moves to another provider\"\n";
    let applied = Overrides::from_toml(file).unwrap().apply(&registry);
    assert!(applied.unwrap().warnings().is_empty());
    let server = page(&registry).serve("127.0.0.1:0").await.unwrap();
    let browser = Browser::start().await;
    browser.resize(1400, 900).await;
    browser.open(&format!("http://{}", server.address())).await;
    browser
        .wait("document.querySelectorAll('#spacer .row').length === 9", SOON)
        .await;
    for scheme in ["light", "dark"] {
        browser.prefer(scheme).await;
        for width in [1400, 400] {
            browser.resize(width, 900).await;
            sleep(Duration::from_millis(600)).await;
            shoot(&browser, &format!("states-{scheme}-{width}")).await;
        }
        browser.resize(1400, 900).await;
        for name in ["payments", "inventory", "images", "reviews", "mail"] {
            browser.run(&format!("location.hash = '#/{name}'")).await;
            let shown =
                format!("document.querySelector('#detail .explain').innerText.startsWith('{name} is')");
            browser.wait(&shown, SOON).await;
            sleep(Duration::from_millis(300)).await;
            shoot(&browser, &format!("state-{name}-{scheme}")).await;
        }
        browser.run("document.getElementById('detail').close()").await;
    }
    drop(trial);
    drop(server);
    browser.wait("document.body.dataset.live === 'stale'", SOON).await;
    sleep(Duration::from_millis(300)).await;
    shoot(&browser, "stopped-dark").await;
    browser.prefer("light").await;
    sleep(Duration::from_millis(300)).await;
    shoot(&browser, "stopped-light").await;
    browser.close().await;
}

#[tokio::test]
async fn a_thousand_breakers_have_a_picture() {
    let registry = Registry::new();
    for index in 0..1_000 {
        let builder = registry.breaker(format!("shard-{index:03}"));
        let breaker = builder.threshold(Threshold::failures(1)).build().unwrap();
        if index % 40 == 7 {
            breaker.try_acquire().unwrap().failure_with("connection refused");
        }
    }
    let server = page(&registry).serve("127.0.0.1:0").await.unwrap();
    let browser = Browser::start().await;
    browser.resize(1400, 900).await;
    browser.open(&format!("http://{}", server.address())).await;
    browser
        .wait("document.getElementById('table').ariaRowCount > 1000", SOON)
        .await;
    sleep(Duration::from_secs(1)).await;
    shoot(&browser, "thousand").await;
    browser
        .run("document.getElementById('view-circles').click()")
        .await;
    sleep(Duration::from_secs(1)).await;
    shoot(&browser, "thousand-circles").await;
    browser.close().await;
}

async fn shoot(browser: &Browser, name: &str) {
    browser.screenshot(&picture(name)).await;
}
