//! Headless Chromium, driven by chromedriver over its HTTP protocol.

use std::{
    fs,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::sleep,
};

/// A name that the browser resolves to this machine.
///
/// A foreign DNS server could do that.
pub const REBOUND: &str = "evil.example";

const ARGUMENTS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP evil.example 127.0.0.1",
];

/// One browser with one window. It ends when this is dropped.
#[derive(Debug)]
pub struct Browser {
    client: reqwest::Client,
    session: String,
    _driver: Child,
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser with an empty profile.
    ///
    /// # Panics
    /// If chromedriver or Chromium is missing.
    pub async fn start() -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("chromedriver is installed");
        let mut lines = BufReader::new(driver.stdout.take().expect("it is piped")).lines();
        let port = loop {
            let line = lines
                .next_line()
                .await
                .expect("text")
                .expect("a line with the port");
            if let Some((_, port)) = line.split_once("successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        let client = reqwest::Client::new();
        let folder = format!("--user-data-dir={}", profile.path().display());
        let arguments: Vec<_> = ARGUMENTS.iter().copied().chain([&*folder]).collect();
        let options = json!({ "args": arguments });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": options } } });
        let base = format!("http://127.0.0.1:{port}/session");
        let session = post(&client, &base, &wanted).await["sessionId"].clone();
        Self {
            client,
            session: format!("{base}/{}", session.as_str().expect("a session")),
            _driver: driver,
            _profile: profile,
        }
    }

    async fn command(&self, path: &str, body: Value) -> Value {
        post(&self.client, &format!("{}/{path}", self.session), &body).await
    }

    async fn devtools(&self, command: &str, parameters: Value) {
        self.command(
            "goog/cdp/execute",
            json!({ "cmd": command, "params": parameters }),
        )
        .await;
    }

    /// Loads a page.
    pub async fn open(&self, url: &str) {
        self.command("url", json!({ "url": url })).await;
    }

    /// Runs a script, which returns a value or a promise of one.
    pub async fn run(&self, script: &str) -> Value {
        self.command("execute/sync", json!({ "script": script, "args": [] }))
            .await
    }

    /// The text that a person sees of the first element that matches.
    ///
    /// # Panics
    /// If chromedriver does not answer.
    pub async fn text(&self, selector: &str) -> String {
        let script = format!("return document.querySelector(`{selector}`)?.innerText ?? '(none)'");
        self.run(&script).await.as_str().expect("text").to_owned()
    }

    /// Waits until an expression is true, and returns how long that took.
    ///
    /// # Panics
    /// If it is not true within this time.
    pub async fn wait(&self, expression: &str, within: Duration) -> Duration {
        let start = Instant::now();
        loop {
            let is_true = self.run(&format!("return Boolean({expression})")).await;
            if is_true == Value::Bool(true) {
                return start.elapsed();
            }
            assert!(start.elapsed() < within, "not within {within:?}: {expression}");
            sleep(Duration::from_millis(40)).await;
        }
    }

    /// Presses keys, one after the other.
    ///
    /// A name such as `Enter` is one key, any other text is typed.
    pub async fn press(&self, keys: &[&str]) {
        let keys = keys.iter().flat_map(|key| match special(key) {
            Some(code) => vec![code],
            None => key.chars().collect(),
        });
        let strokes: Vec<_> = keys
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key })))
            .collect();
        let source = json!({ "type": "key", "id": "keyboard", "actions": strokes });
        self.command("actions", json!({ "actions": [source] })).await;
    }

    /// Sets the size of the window.
    pub async fn resize(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Prefers `dark` or `light`.
    pub async fn prefer(&self, scheme: &str) {
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": [feature] }))
            .await;
    }

    /// Writes a picture of the window.
    ///
    /// # Panics
    /// If the file cannot be written.
    pub async fn screenshot(&self, file: &Path) {
        let url = format!("{}/screenshot", self.session);
        let answer = self.client.get(url).send().await.expect("chromedriver answers");
        let picture: Value = answer.json().await.expect("JSON");
        let bytes = STANDARD.decode(picture["value"].as_str().expect("a picture"));
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(file, bytes.expect("base64")).expect("a file");
    }

    /// Ends the browser.
    ///
    /// # Panics
    /// If chromedriver does not answer.
    pub async fn close(self) {
        let ended = self.client.delete(&self.session).send().await;
        ended.expect("chromedriver answers");
    }
}

/// Posts and returns the value of the answer.
async fn post(client: &reqwest::Client, url: &str, body: &Value) -> Value {
    let answer = client
        .post(url)
        .json(body)
        .send()
        .await
        .expect("chromedriver answers");
    let mut answer: Value = answer.json().await.expect("JSON");
    let value = answer["value"].take();
    assert!(value.get("error").is_none(), "{url} {body}: {value}");
    value
}

fn special(key: &str) -> Option<char> {
    Some(match key {
        "Tab" => '\u{e004}',
        "Enter" => '\u{e007}',
        "Escape" => '\u{e00c}',
        "End" => '\u{e010}',
        "Home" => '\u{e011}',
        "ArrowUp" => '\u{e013}',
        "ArrowDown" => '\u{e015}',
        _ => return None,
    })
}
