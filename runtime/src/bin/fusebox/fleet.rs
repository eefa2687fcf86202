//! Commands to all instances of a service, through the store.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use fusebox::{
    Operator,
    fleet::{FleetControl, FleetOverview, ReportedBreaker},
};
use serde_json::{Value, json};

use crate::{
    arguments::{Author, Command, Forced, Names},
    duration::{show, time_of_day},
    explain::explained,
    failure::Failure,
    names,
    output::{Output, printable},
};

/// How often `watch` reads the store.
const WATCH_EVERY: Duration = Duration::from_millis(500);

/// How long a command to one instance waits for what the instance reports.
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
            let rows: Vec<Vec<String>> = breakers.iter().map(row).collect();
            output.table(&["NAME", "FLEET", "ENDS IN", "NOT CLOSED", "NOTE"], &rows)
        });
        Ok(())
    }

    async fn show(&self, name: &str, output: &Output) -> Result<(), Failure> {
        let overview = self.control.overview().await?;
        let value = breaker(&overview, name);
        output.write(&value, |output| {
            let mut rows = row(&value);
            rows.truncate(5);
            let labels = ["name", "fleet", "ends in", "not closed", "note"];
            let facts: Vec<Vec<String>> = labels
                .iter()
                .zip(rows)
                .map(|(label, fact)| vec![(*label).to_owned(), fact])
                .collect();
            let instances: Vec<Vec<String>> = overview
                .instances
                .iter()
                .map(|instance| {
                    let found = instance.breakers.iter().find(|breaker| &*breaker.name == name);
                    let forced = overview.forced.iter().find(|forced| &*forced.name == name);
                    let remaining = match (found, forced) {
                        (Some(found), _) => found.remaining,
                        (None, Some(forced)) => forced.remaining,
                        (None, None) => None,
                    };
                    let operator = found.and_then(|found| found.operator.as_ref());
                    vec![
                        instance.name.to_string(),
                        state_on(&overview, &instance.name, name).to_owned(),
                        remaining.map_or("-".to_owned(), show),
                        operator.map_or(String::new(), |operator| format!("by {operator}")),
                    ]
                })
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
        let value = |instance: &fusebox::fleet::InstanceStatus| {
            json!({
                "name": &*instance.name,
                "program": instance.program,
                "alive_for_ms": millis(instance.alive_for),
                "is_addressable": instance.is_addressable,
                "breakers": instance.breakers.iter().map(|breaker| {
                    let mut value = reported(breaker);
                    value["name"] = json!(&*breaker.name);
                    value
                }).collect::<Vec<_>>(),
            })
        };
        let instances: Vec<Value> = overview.instances.iter().map(value).collect();
        output.write(&json!({ "instances": instances }), |output| {
            let rows: Vec<Vec<String>> = overview
                .instances
                .iter()
                .map(|instance| {
                    let open: Vec<String> = instance
                        .breakers
                        .iter()
                        .map(|breaker| format!("{} ({})", breaker.name, breaker.state))
                        .collect();
                    vec![
                        instance.name.to_string(),
                        instance.program.clone(),
                        if open.is_empty() {
                            "-".to_owned()
                        } else {
                            open.join(", ")
                        },
                    ]
                })
                .collect();
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
        let is_confirmed = match on {
            Some(instance) => Some(self.confirmed(instance, &names, |shown| shown == state).await?),
            None => None,
        };
        done(output, state, &names, on.zip(is_confirmed));
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
        let is_confirmed = match on {
            Some(instance) => Some(
                self.confirmed(instance, &names, |shown| !shown.starts_with("forced"))
                    .await?,
            ),
            None => None,
        };
        done(output, "released", &names, on.zip(is_confirmed));
        Ok(())
    }

    /// Returns whether the instance reports within a moment what was commanded.
    async fn confirmed(
        &self,
        instance: &str,
        names: &[String],
        holds: impl Fn(&str) -> bool,
    ) -> Result<bool, Failure> {
        let start = Instant::now();
        loop {
            let overview = self.control.overview().await?;
            if names
                .iter()
                .all(|name| holds(state_on(&overview, instance, name)))
            {
                return Ok(true);
            }
            if start.elapsed() >= CONFIRMED_WITHIN {
                return Ok(false);
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

/// Writes what was done.
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

/// Returns the state of a breaker on one instance, as far as the store holds
/// it.
fn state_on<'a>(overview: &'a FleetOverview, instance: &str, name: &str) -> &'a str {
    let instances = overview.instances.iter().find(|one| &*one.name == instance);
    let reported = instances.and_then(|one| one.breakers.iter().find(|breaker| &*breaker.name == name));
    let forced = || overview.forced.iter().find(|forced| &*forced.name == name);
    reported.map_or_else(
        || forced().map_or("closed", |forced| forced.state.as_str()),
        |reported| reported.state.as_str(),
    )
}

fn change(output: &Output, (name, place): &(String, String), state: &str) {
    let now = SystemTime::now();
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let value = json!({ "time_ms": millis(since), "breaker": name, "at": place, "state": state });
    output.write(&value, |_| {
        printable(&format!("{}  {name}  {place}: {state}", time_of_day(now)))
    });
}

/// Returns the state of each breaker, by breaker and place.
fn states(overview: &FleetOverview) -> BTreeMap<(String, String), String> {
    let mut states = BTreeMap::new();
    for instance in &overview.instances {
        for breaker in &instance.breakers {
            let key = (breaker.name.to_string(), instance.name.to_string());
            let operator = breaker.operator.as_ref();
            let by = operator.map_or(String::new(), |operator| format!(" by {operator}"));
            states.insert(key, format!("{}{by}", breaker.state));
        }
    }
    for open in &overview.open {
        states.insert((open.name.to_string(), "fleet".to_owned()), "open".to_owned());
    }
    for forced in &overview.forced {
        let key = (forced.name.to_string(), "fleet".to_owned());
        states.insert(key, format!("{} by {}", forced.state, forced.operator));
    }
    states
}

/// Writes one breaker of the fleet as JSON.
fn breaker(overview: &FleetOverview, name: &str) -> Value {
    let forced = overview.forced.iter().find(|forced| &*forced.name == name);
    let open = overview.open.iter().find(|open| &*open.name == name);
    let on = |instance: &fusebox::fleet::InstanceStatus| {
        let found = instance.breakers.iter().find(|breaker| &*breaker.name == name)?;
        let mut value = reported(found);
        value["instance"] = json!(&*instance.name);
        Some(value)
    };
    let instances: Vec<Value> = overview.instances.iter().filter_map(on).collect();
    json!({
        "name": name,
        "forced": forced.map(|forced| json!({
            "state": forced.state.as_str(),
            "remaining_ms": forced.remaining.map(millis),
            "who": &*forced.operator.who,
            "reason": &*forced.operator.reason,
        })),
        "open": open.map(|open| json!({
            "remaining_ms": millis(open.remaining),
            "failed_trials": open.failed_trials,
            "tripped_instances": open.tripped_instances,
            "live_instances": open.live_instances,
            "trial_by": open.trial_by.as_deref(),
        })),
        "instances": instances,
        "live_instances": overview.instances.len(),
    })
}

/// Writes a breaker of one instance as JSON.
fn reported(breaker: &ReportedBreaker) -> Value {
    let operator = breaker.operator.as_ref();
    json!({
        "state": breaker.state,
        "remaining_ms": breaker.remaining.map(millis),
        "who": operator.map(|operator| &*operator.who),
        "reason": operator.map(|operator| &*operator.reason),
    })
}

/// Returns the cells of one breaker.
fn row(breaker: &Value) -> Vec<String> {
    let (forced, open) = (&breaker["forced"], &breaker["open"]);
    let left = |of: &Value| {
        let left = of["remaining_ms"].as_u64().map(Duration::from_millis);
        left.map_or("-".to_owned(), show)
    };
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let (state, ends, note) = if !forced.is_null() {
        let note = format!("by {} ({})", text(&forced["who"]), text(&forced["reason"]));
        (text(&forced["state"]), left(forced), note)
    } else if !open.is_null() {
        let note = open["trial_by"].as_str().map_or_else(
            || format!("{} failed trials", open["failed_trials"]),
            |owner| format!("trial call by {owner}"),
        );
        ("open".to_owned(), left(open), note)
    } else {
        ("-".to_owned(), "-".to_owned(), String::new())
    };
    let reported = breaker["instances"].as_array().into_iter().flatten();
    let count = reported.filter(|instance| instance["state"] != "closed").count();
    vec![
        text(&breaker["name"]),
        state,
        ends,
        format!("{count} of {}", breaker["live_instances"]),
        note,
    ]
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
