//! Commands to one instance, through the JSON of its page.

use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant, SystemTime},
};

use serde_json::{Value, json};

use crate::{
    arguments::{Author, Command, Forced, Names},
    duration::{millis, parse, show, time_of_day},
    failure::Failure,
    http::Page,
    names,
    output::{Output, printable},
    secret::escaped,
};

/// How often `watch` reads the page.
const WATCH_EVERY: Duration = Duration::from_secs(1);

/// One instance.
pub(crate) struct InstanceTarget {
    page: Page,
}

impl InstanceTarget {
    pub(crate) fn new(url: &str, token: Option<String>) -> Result<Self, Failure> {
        Page::new(url, token).map(|page| Self { page })
    }

    pub(crate) fn run(&self, command: &Command, output: &Output) -> Result<(), Failure> {
        match command {
            Command::List => self.list(output),
            Command::Show { name } => self.show(name, output),
            Command::Explain { name } => self.explain(name, output),
            Command::History { name } => self.history(name, output),
            Command::Watch { lasting } => self.watch(*lasting, output),
            Command::Force {
                state,
                names,
                on,
                lasting,
                author,
            } => {
                let verb = match state {
                    Forced::Open => "force_open",
                    Forced::Closed => "force_closed",
                };
                let mut command = posted(verb, author, on.instance.as_deref());
                if let Some(lasting) = lasting {
                    command["for_ms"] = json!(millis(*lasting));
                }
                self.command(names, &command, output)
            }
            Command::Release { names, on, author } => {
                self.command(names, &posted("release", author, on.instance.as_deref()), output)
            }
            Command::Trip { names, author } => self.command(names, &posted("trip", author, None), output),
            Command::Reset { names, author } => self.command(names, &posted("reset", author, None), output),
            Command::Set {
                name,
                settings,
                author,
            } => self.set(name, settings, author, output),
            Command::Instances => Err(Failure::Usage(
                "one instance does not list the others; write `--at redis://host:port`".to_owned(),
            )),
            Command::Acl { .. } | Command::Check { .. } => unreachable!("handled before a target is chosen"),
        }
    }

    /// Returns the rows of the list.
    pub(crate) fn breakers(&self) -> Result<Vec<Value>, Failure> {
        let list = self.page.request("GET", "api/v1/breakers", None)?;
        match list["breakers"].as_array() {
            Some(rows) => Ok(rows.clone()),
            None => Err(Failure::Refused("the answer has no `breakers`".to_owned())),
        }
    }

    fn list(&self, output: &Output) -> Result<(), Failure> {
        let rows = self.breakers()?;
        output.write(&json!({ "breakers": rows }), |output| {
            let cells: Vec<Vec<String>> = rows.iter().map(row).collect();
            output.table(
                &[
                    "NAME",
                    "STATE",
                    "ENDS IN",
                    "CALLS/S",
                    "REJECTED/S",
                    "FAILURES",
                    "NOTE",
                ],
                &cells,
            )
        });
        Ok(())
    }

    fn show(&self, name: &str, output: &Output) -> Result<(), Failure> {
        let value = self
            .page
            .request("GET", &format!("api/v1/breakers/{}", escaped(name)), None)?;
        output.write(&value, |_| {
            serde_json::to_string_pretty(&value).unwrap_or_default()
        });
        Ok(())
    }

    fn explain(&self, name: &str, output: &Output) -> Result<(), Failure> {
        let path = format!("api/v1/breakers/{}", escaped(name));
        let value = self.page.request("GET", &path, None)?;
        let text = value["explain"].as_str().unwrap_or("the page does not explain");
        output.write(&json!({ "name": name, "explain": text }), |_| printable(text));
        Ok(())
    }

    fn history(&self, name: &str, output: &Output) -> Result<(), Failure> {
        let path = format!("api/v1/breakers/{}/history", escaped(name));
        let value = self.page.request("GET", &path, None)?;
        output.write(&value, |output| {
            let now = std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .unwrap_or_default();
            let cells = |change: &Value| {
                let ago = now.saturating_sub(Duration::from_millis(change["time_ms"].as_u64().unwrap_or(0)));
                let operator = change["who"].as_str().map_or(String::new(), |who| {
                    format!("{who} ({})", change["why"].as_str().unwrap_or(""))
                });
                vec![
                    show(ago),
                    change["text"].as_str().unwrap_or("").to_owned(),
                    operator,
                    change["error"].as_str().unwrap_or("").to_owned(),
                ]
            };
            let rows: Vec<Vec<String>> = value["history"]
                .as_array()
                .into_iter()
                .flatten()
                .map(cells)
                .collect();
            output.table(&["AGO", "CHANGE", "OPERATOR", "ERROR"], &rows)
        });
        Ok(())
    }

    fn watch(&self, lasting: Option<Duration>, output: &Output) -> Result<(), Failure> {
        let start = Instant::now();
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        while lasting.is_none_or(|lasting| start.elapsed() < lasting) {
            for row in self.breakers()? {
                let text = |key: &str| row[key].as_str().unwrap_or("").to_owned();
                let (name, state) = (text("name"), text("state"));
                if known.insert(name.clone(), state.clone()).as_ref() != Some(&state) {
                    output.write(&json!({ "breaker": name, "state": state }), |_| {
                        printable(&format!("{}  {name}: {state}", time_of_day(SystemTime::now())))
                    });
                }
            }
            thread::sleep(WATCH_EVERY);
        }
        Ok(())
    }

    fn command(&self, names: &Names, command: &Value, output: &Output) -> Result<(), Failure> {
        let rows = self.breakers()?;
        let known = rows.iter().filter_map(|row| row["name"].as_str());
        let names = names::resolve(names, known)?;
        for name in &names {
            self.post(name, command)?;
        }
        let mut value = json!({ "done": command["command"], "breakers": names });
        let place = command["instance"].as_str().unwrap_or("this instance");
        if let Some(instance) = command["instance"].as_str() {
            value["instance"] = json!(instance);
        }
        let verb = command["command"].as_str().unwrap_or_default();
        output.write(&value, |_| format!("{verb} on {place}: {}", names.join(", ")));
        Ok(())
    }

    fn set(&self, name: &str, settings: &[String], author: &Author, output: &Output) -> Result<(), Failure> {
        let mut command = json!({ "command": "set", "who": author.who, "reason": author.reason });
        for setting in settings {
            let Some((key, value)) = setting.split_once('=') else {
                return Err(Failure::Usage(format!("`{setting}` is not `key=value`")));
            };
            match key.trim() {
                "cooldown" => {
                    command["cooldown_ms"] = json!(millis(parse(value).map_err(Failure::Usage)?));
                }
                "threshold" => {
                    let value = value.trim();
                    command["threshold"] = value
                        .parse::<u32>()
                        .map_or_else(|_| json!(value), |count| json!(count));
                }
                other => {
                    return Err(Failure::Usage(format!(
                        "`{other}` cannot be set here; write `threshold=…` or `cooldown=…`"
                    )));
                }
            }
        }
        let value = self.post(name, &command)?;
        output.write(&value, |_| {
            format!("set on this instance: {name} {}", settings.join(" "))
        });
        Ok(())
    }

    fn post(&self, name: &str, command: &Value) -> Result<Value, Failure> {
        let path = format!("api/v1/breakers/{}/commands", escaped(name));
        self.page.request("POST", &path, Some(command))
    }
}

/// Returns the JSON of a command.
///
/// `on`: another instance of the fleet than the one of the page.
fn posted(verb: &str, author: &Author, on: Option<&str>) -> Value {
    let mut command = json!({ "command": verb, "who": author.who, "reason": author.reason });
    if let Some(instance) = on {
        command["instance"] = json!(instance);
    }
    command
}

/// Returns the cells of one breaker.
fn row(row: &Value) -> Vec<String> {
    let text = |key: &str| row[key].as_str().unwrap_or("").to_owned();
    let number = |key: &str| {
        row[key]
            .as_f64()
            .map_or("-".to_owned(), |number| format!("{number}"))
    };
    let ends = row["override_ends_in_ms"]
        .as_u64()
        .or(row["retry_after_ms"].as_u64());
    let note = row["override_by"]
        .as_str()
        .map_or_else(|| text("last_error"), |by| format!("by {by}"));
    vec![
        text("name"),
        text("state"),
        ends.map_or("-".to_owned(), |ends| show(Duration::from_millis(ends))),
        number("calls_per_second"),
        number("rejected_per_second"),
        number("failures"),
        note,
    ]
}
