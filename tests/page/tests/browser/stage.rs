//! A breaker, its page, and a browser that shows it.

use std::time::Duration;

use fusebox::{
    CircuitBreaker, Registry, Threshold,
    dashboard::{Dashboard, Server, Token},
};
use fusebox_page_tests::browser::Browser;

pub(crate) const SECRET: &str = "correct-horse-battery";
/// How long anything may take that is not measured.
pub(crate) const SOON: Duration = Duration::from_secs(10);

pub(crate) struct Stage {
    pub(crate) registry: Registry,
    pub(crate) payments: CircuitBreaker,
    pub(crate) server: Server,
    pub(crate) browser: Browser,
}

impl Stage {
    /// The page of one breaker, `payments`, which trips at one failure.
    pub(crate) async fn new() -> Self {
        let registry = Registry::new();
        let payments = breaker(&registry, "payments");
        let server = page(&registry).serve("127.0.0.1:0").await.unwrap();
        let browser = Browser::start().await;
        browser.open(&format!("http://{}", server.address())).await;
        let stage = Self {
            registry,
            payments,
            server,
            browser,
        };
        stage.sees(".row .name", "payments").await;
        stage
    }

    /// Waits until the first element that matches shows this text.
    pub(crate) async fn sees(&self, selector: &str, text: &str) -> Duration {
        let text = serde_json::Value::from(text);
        let expression = format!("document.querySelector(`{selector}`)?.innerText.includes({text})");
        self.browser.wait(&expression, SOON).await
    }

    /// Opens the details of `payments` and then the dialog of a command.
    pub(crate) async fn opens_command(&self, command: &str) {
        self.browser.run("location.hash = '#/payments'").await;
        self.sees("#detail-name", "payments").await;
        self.browser
            .run(&format!(
                "document.querySelector('[data-command={command}]').click()"
            ))
            .await;
    }

    /// Fills the form of the dialog and sends it.
    pub(crate) async fn sends(&self, fields: &[(&str, &str)]) {
        for (name, value) in fields {
            let script = format!(
                "const field = document.querySelector('#command form').elements['{name}'];
                 if (field.length) {{ [...field].find((one) => one.value === '{value}').click(); }}
                 else field.value = `{value}`;"
            );
            self.browser.run(&script).await;
        }
        self.browser
            .run("document.querySelector('#command [type=submit]').click()")
            .await;
    }
}

pub(crate) fn breaker(registry: &Registry, name: &str) -> CircuitBreaker {
    let builder = registry.breaker(name).threshold(Threshold::failures(1));
    builder.cooldown(Duration::from_secs(45)).build().unwrap()
}

pub(crate) fn page(registry: &Registry) -> Dashboard {
    Dashboard::new(registry).allow_commands(Token::new(SECRET).unwrap())
}
