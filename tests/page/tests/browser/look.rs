//! How the page looks: colours, a narrow window, and pictures of every view.

use std::{path::PathBuf, time::Duration};

use fusebox::Registry;
use fusebox_page_tests::{browser::Browser, town};
use serde_json::Value;
use tokio::time::sleep;

use crate::{
    neighbours,
    stage::{SOON, page},
};

/// Texts whose contrast is below 4.5 to 1, which WCAG requires.
const FAINT: &str = r"
    const numbers = (colour) => {
        const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data];
    };
    const light = ([red, green, blue]) => {
        const part = (value) => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
    };
    const behind = (node) => {
        for (; node; node = node.parentElement) {
            const colour = numbers(getComputedStyle(node).backgroundColor);
            if (colour[3] === 255) return colour;
        }
        return [255, 255, 255];
    };
    const top = document.querySelector('dialog:modal') ?? document.body;
    return [...top.querySelectorAll('*')].filter((node) => {
        const hasText = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
        if (!hasText || !node.checkVisibility({ visibilityProperty: true }) || node.closest('.hidden, :disabled, .skip')) return false;
        const [one, other] = [light(numbers(getComputedStyle(node).color)), light(behind(node))].sort((one, other) => other - one);
        return (one + 0.05) / (other + 0.05) < 4.5;
    }).map((node) => `${node.className || node.tagName}: ${node.innerText.slice(0, 30)}`);
";

/// Texts that are cut off, and whether the page is wider than the window.
const CLIPPED: &str = r"
    const clipped = [...document.querySelectorAll('.row .number, .keys .number, .state, .chip, button, dt, dd, h1, h2')]
        .filter((node) => node.checkVisibility() && node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).display !== 'inline')
        .map((node) => node.innerText);
    if (document.documentElement.scrollWidth > innerWidth) clipped.push('the page is wider than the window');
    return clipped;
";

#[tokio::test]
async fn every_view_is_readable_in_both_schemes_and_at_400_pixels() {
    let registry = Registry::new();
    let town = town::build(&registry, town::SHOP);
    town.iter()
        .find(|(breaker, _)| breaker.name() == "images")
        .unwrap()
        .0
        .force_open_for(Duration::from_secs(900));
    town.iter()
        .find(|(breaker, _)| breaker.name() == "reviews")
        .unwrap()
        .0
        .force_closed();
    let life = tokio::spawn(town::live(town));
    let fleet = neighbours::fleet_of_three(&registry).await;
    let server = page(&registry).fleet(&fleet.this).serve("127.0.0.1:0").await;
    let server = server.unwrap();
    let browser = Browser::start().await;
    browser.open(&format!("http://{}", server.address())).await;
    browser
        .wait(
            "document.querySelectorAll('#spacer [data-state=open]').length >= 2",
            SOON,
        )
        .await;

    for (scheme, width, height) in [
        ("light", 1400, 900),
        ("dark", 1400, 900),
        ("light", 400, 800),
        ("dark", 400, 800),
    ] {
        browser.prefer(scheme).await;
        browser.resize(width, height).await;
        for (view, script) in [
            ("list", "document.getElementById('view-list').click()"),
            (
                "groups",
                "const group = document.getElementById('group'); group.value = 'prefix'; group.dispatchEvent(new Event('change'))",
            ),
            ("circles", "document.getElementById('view-circles').click()"),
            ("fleet", "document.getElementById('view-fleet').click()"),
            (
                "group",
                "document.getElementById('view-list').click(); location.hash = '#/inventory'",
            ),
            (
                "detail",
                "document.getElementById('group-sheet').close(); location.hash = '#/payments'",
            ),
            ("end", "document.getElementById('detail').scrollTop = 9999"),
            (
                "command",
                "document.querySelector('[data-command=force_open]').click()",
            ),
        ] {
            browser.run(script).await;
            sleep(Duration::from_millis(1200)).await;
            browser
                .screenshot(&picture(&format!("{view}-{scheme}-{width}")))
                .await;
            for (kind, script) in [("faint", FAINT), ("clipped", CLIPPED)] {
                let found = browser.run(script).await;
                assert_eq!(
                    found,
                    Value::Array(Vec::new()),
                    "{kind} in {view}, {scheme}, {width}"
                );
            }
        }
        browser
            .run("document.getElementById('command').close(); document.getElementById('detail').close()")
            .await;
        browser.run("const group = document.getElementById('group'); group.value = ''; group.dispatchEvent(new Event('change'))").await;
    }
    life.abort();
    browser.close().await;
}

#[tokio::test]
async fn nothing_moves_when_numbers_change() {
    let registry = Registry::new();
    let life = tokio::spawn(town::live(town::build(&registry, town::SHOP)));
    let server = page(&registry).serve("127.0.0.1:0").await.unwrap();
    let browser = Browser::start().await;
    browser.resize(1400, 900).await;
    browser.open(&format!("http://{}", server.address())).await;
    browser
        .wait("document.querySelectorAll('#spacer .row').length > 5", SOON)
        .await;
    browser.run("document.getElementById('sort').value = 'name'; document.getElementById('sort').dispatchEvent(new Event('change'))").await;
    // Left edges and widths of everything in the rows, and the places of the rows.
    let places = "return [...document.querySelectorAll('#spacer .row > *, .top > *, .chip, .sums div')]
        .map((node) => { const box = node.getBoundingClientRect(); return [box.left, box.top, box.width, box.height].map(Math.round).join(); }).sort()";
    sleep(Duration::from_secs(2)).await;
    let before = browser.run(places).await;
    let numbers = browser.text("#spacer").await;
    sleep(Duration::from_secs(4)).await;
    assert_ne!(browser.text("#spacer").await, numbers, "numbers have changed");
    assert_eq!(browser.run(places).await, before);
    life.abort();
    browser.close().await;
}

/// A file below `target`, for people to look at.
pub(crate) fn picture(name: &str) -> PathBuf {
    let target = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/page");
    PathBuf::from(target).join(format!("{name}.png"))
}
