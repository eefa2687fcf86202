//! Commands to all instances of a service, through the store.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use fusebox::{
    Operator,
    fleet::{FleetControl, FleetOverview},
};
use serde_json::{Value, json};

use crate::{
    arguments::{Author, Command, Forced, Names},
    duration::{millis, time_of_day},
    explain::explained,
    failure::Failure,
    names,
    output::{Output, printable},
    overview::{breaker, cells, cells_of_instance, cells_on, instance, reported_on, state_on, states},
};

/// How often `watch` reads the store.
const WATCH_EVERY: Duration = Duration::from_millis(500);

/// How long a command to one instance waits for the report of the instance.
const CONFIRMED_WITHIN: Duration = Duration::from_secs(2);

/// The rights that suffice for the instances and the operators of one service.
const RIGHTS: &str = "-@all +hello +ping +subscribe +unsubscribe +select +evalsha +script|load +time +exists +hget \
                      +hset +hdel +hmget +hgetall +hincrby +zadd +zrem +zcard +zrange +zscore +zintercard \
                      +zremrangebyscore +del +pexpire +pexpireat +pttl +publish";

/// All instances of one service.
pub(crate) struct FleetTarget {
    control: FleetControl,
}

impl FleetTarget {
    pub(crate) const fn new(control: FleetControl) -> Self {
        Self { control }
    }

    pub(crate) async fn run(&self, command: &Command, output: &Output) -> Result<(), Failure> {
        match command {
            Command::List => self.list(output).await,
            Command::Show { name } => self.show(name, output).await,
            Command::Explain { name } => self.explain(name, output).await,
            Command::Instances => self.instances(output).await,
            Command::Watch { lasting } => self.watch(*lasting, output).await,
            Command::Force {
                state,
                names,
                on,
                lasting,
                author,
            } => {
                let forced = (*state, *lasting);
                self.force(forced, names, on.instance.as_deref(), author, output)
                    .await
            }
            Command::Release { names, on, author } => {
                self.release(names, on.instance.as_deref(), author, output).await
            }
            Command::History { .. } | Command::Trip { .. } | Command::Reset { .. } | Command::Set { .. } => {
                Err(Failure::Usage(
                    "this command works on one instance; write `--at http://host:port` with the address of its page"
                        .to_owned(),
                ))
            }
            Command::Acl { .. } | Command::Check { .. } => unreachable!("handled before a target is chosen"),
        }
    }

    async fn list(&self, output: &Output) -> Result<(), Failure> {
        let overview = self.control.overview().await?;
        let breakers: Vec<Value> = overview
            .breakers()
            .iter()
            .map(|name| breaker(&overview, name))
            .collect();
        output.write(&json!({ "breakers": breakers }), |output| {
            if breakers.is_empty() {
                return format!(
                    "all breakers of {} instances are closed",
                    overview.instances.len()
                );
            }
            let rows: Vec<_> = breakers.iter().map(cells).collect();
            output.table(&["NAME", "FLEET", "ENDS IN", "NOT CLOSED", "NOTE"], &rows)
        });
        Ok(())
    }

    async fn show(&self, name: &str, output: &Output) -> Result<(), Failure> {
        let overview = self.control.overview().await?;
        let value = breaker(&overview, name);
        output.write(&value, |output| {
            let labels = ["name", "fleet", "ends in", "not closed", "note"];
            let facts = labels.iter().zip(cells(&value));
            let facts: Vec<_> = facts
                .map(|(label, fact)| vec![(*label).to_owned(), fact])
                .collect();
            let instances = overview.instances.iter();
            let instances: Vec<_> = instances
                .map(|instance| cells_on(&overview, &instance.name, name))
                .collect();
            format!(
                "{}\n\n{}",
                output.table(&["", ""], &facts).trim_start(),
                output.table(&["INSTANCE", "STATE", "ENDS IN", "NOTE"], &instances)
            )
        });
        Ok(())
    }

    async fn explain(&self, name: &str, output: &Output) -> Result<(), Failure> {
        let overview = self.control.overview().await?;
        let mut value = breaker(&overview, name);
        let text = explained(&value);
        value["explain"] = json!(text);
        output.write(&value, |_| printable(&text));
        Ok(())
    }

    async fn instances(&self, output: &Output) -> Result<(), Failure> {
        let overview = self.control.overview().await?;
        let instances: Vec<Value> = overview.instances.iter().map(instance).collect();
        output.write(&json!({ "instances": instances }), |output| {
            let rows: Vec<_> = overview.instances.iter().map(cells_of_instance).collect();
            output.table(&["INSTANCE", "PROGRAM", "NOT CLOSED"], &rows)
        });
        Ok(())
    }

    async fn force(
        &self,
        (state, lasting): (Forced, Option<Duration>),
        names: &Names,
        on: Option<&str>,
        author: &Author,
        output: &Output,
    ) -> Result<(), Failure> {
        let names = self.resolve(names).await?;
        for name in &names {
            let operator = Operator::new(&author.who, &author.reason);
            let one = on.map(|instance| self.control.on_instance(instance));
            match (state, one) {
                (Forced::Open, None) => self.control.force_open(name, lasting, operator).await?,
                (Forced::Open, Some(one)) => one.force_open(name, lasting, operator).await?,
                (Forced::Closed, None) => self.control.force_closed(name, lasting, operator).await?,
                (Forced::Closed, Some(one)) => one.force_closed(name, lasting, operator).await?,
            }
        }
        let state = if state == Forced::Open {
            "forced_open"
        } else {
            "forced_closed"
        };
        let is_forced = |overview: &FleetOverview, instance: &str, name: &str| {
            state_on(overview, instance, name) == state
        };
        done(
            output,
            state,
            &names,
            self.confirmed(on, &names, is_forced).await?,
        );
        Ok(())
    }

    async fn release(
        &self,
        names: &Names,
        on: Option<&str>,
        author: &Author,
        output: &Output,
    ) -> Result<(), Failure> {
        let names = self.resolve(names).await?;
        for name in &names {
            let operator = Operator::new(&author.who, &author.reason);
            match on {
                None => self.control.release(name, operator).await?,
                Some(instance) => self.control.on_instance(instance).release(name, operator).await?,
            }
        }
        // A breaker that is forced on all instances stays so, which is not reported again.
        let is_released = |overview: &FleetOverview, instance: &str, name: &str| {
            let reported = reported_on(overview, instance, name);
            reported.is_none_or(|breaker| !breaker.state.starts_with("forced"))
        };
        done(
            output,
            "released",
            &names,
            self.confirmed(on, &names, is_released).await?,
        );
        Ok(())
    }

    /// Waits until the command holds for each name on the one instance, at most
    /// [`CONFIRMED_WITHIN`].
    ///
    /// Returns the instance, and whether the command holds there; `None` for a command to all.
    async fn confirmed<'a>(
        &self,
        on: Option<&'a str>,
        names: &[String],
        holds: impl Fn(&FleetOverview, &str, &str) -> bool,
    ) -> Result<Option<(&'a str, bool)>, Failure> {
        let Some(instance) = on else {
            return Ok(None);
        };
        let start = Instant::now();
        loop {
            let overview = self.control.overview().await?;
            if names.iter().all(|name| holds(&overview, instance, name)) {
                return Ok(Some((instance, true)));
            }
            if start.elapsed() >= CONFIRMED_WITHIN {
                return Ok(Some((instance, false)));
            }
            tokio::time::sleep(CONFIRMED_WITHIN / 20).await;
        }
    }

    async fn resolve(&self, names: &Names) -> Result<Vec<String>, Failure> {
        let known = self.control.overview().await?.breakers();
        names::resolve(names, known.iter().map(|name| &**name))
    }

    async fn watch(&self, lasting: Option<Duration>, output: &Output) -> Result<(), Failure> {
        let start = Instant::now();
        let mut known: BTreeMap<(String, String), String> = BTreeMap::new();
        while lasting.is_none_or(|lasting| start.elapsed() < lasting) {
            let overview = self.control.overview().await?;
            let states = states(&overview);
            for (key, state) in &states {
                if known.get(key) != Some(state) {
                    change(output, key, state);
                }
            }
            for key in known.keys().filter(|key| !states.contains_key(*key)) {
                change(output, key, "closed");
            }
            known = states;
            tokio::time::sleep(WATCH_EVERY).await;
        }
        Ok(())
    }
}

/// Prints the rights of a Redis user.
pub(crate) fn acl(user: &str, service: Option<&str>, output: &Output) -> Result<(), Failure> {
    let service = service.unwrap_or("*");
    let is_name = |text: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_.*".contains(c))
    };
    if !is_name(user) || !is_name(service) {
        return Err(Failure::Usage(
            "a user or a service has letters, digits or `-_.`".to_owned(),
        ));
    }
    let line = format!(
        "ACL SETUSER {user} on >PASSWORD resetkeys ~fusebox:{{{service}}}:* resetchannels &fusebox:{{{service}}}:* {RIGHTS}"
    );
    output.write(&json!({ "acl": line }), |_| line.clone());
    Ok(())
}

/// Writes the result of a command.
///
/// `on`: the one instance, and whether it has confirmed the command; `None` for all.
fn done(output: &Output, state: &str, names: &[String], on: Option<(&str, bool)>) {
    let mut value = json!({ "done": state, "breakers": names });
    if let Some((instance, is_confirmed)) = on {
        value["instance"] = json!(instance);
        value["confirmed"] = json!(is_confirmed);
    }
    output.write(&value, |_| {
        let names = names.join(", ");
        match on {
            None => format!("{state} on all instances: {names}"),
            Some((instance, true)) => format!("{state} on {instance}: {names}"),
            Some((instance, false)) => format!(
                "{state} on {instance}: {names}\n{instance} has not confirmed it: it has no such breaker yet, or \
                 does not reach the store now, and takes the command when it does"
            ),
        }
    });
}

fn change(output: &Output, (name, place): &(String, String), state: &str) {
    let now = SystemTime::now();
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let value = json!({ "time_ms": millis(since), "breaker": name, "at": place, "state": state });
    output.write(&value, |_| {
        printable(&format!("{}  {name}  {place}: {state}", time_of_day(now)))
    });
}
