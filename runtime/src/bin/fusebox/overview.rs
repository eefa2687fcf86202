//! The overview of a fleet, as JSON and as cells of a table.

use std::{collections::BTreeMap, time::Duration};

use fusebox::fleet::{FleetOverview, ForcedBreaker, InstanceStatus, ReportedBreaker};
use serde_json::{Value, json};

use crate::duration::{millis, show};

/// Returns what one instance reports about a breaker.
///
/// `None` if the breaker is closed there, or forced as on all instances.
pub(crate) fn reported_on<'a>(
    overview: &'a FleetOverview,
    instance: &str,
    name: &str,
) -> Option<&'a ReportedBreaker> {
    let instance = overview.instances.iter().find(|one| &*one.name == instance)?;
    instance.breakers.iter().find(|breaker| &*breaker.name == name)
}

/// Returns what an operator has forced on all instances.
fn forced_on_all<'a>(overview: &'a FleetOverview, name: &str) -> Option<&'a ForcedBreaker> {
    overview.forced.iter().find(|forced| &*forced.name == name)
}

/// Returns the state of a breaker on one instance, as far as the store holds
/// it.
pub(crate) fn state_on<'a>(overview: &'a FleetOverview, instance: &str, name: &str) -> &'a str {
    reported_on(overview, instance, name).map_or_else(
        || forced_on_all(overview, name).map_or("closed", |forced| forced.state.as_str()),
        |reported| reported.state.as_str(),
    )
}

/// Returns the state of each breaker, by breaker and place.
pub(crate) fn states(overview: &FleetOverview) -> BTreeMap<(String, String), String> {
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
pub(crate) fn breaker(overview: &FleetOverview, name: &str) -> Value {
    let forced = forced_on_all(overview, name);
    let open = overview.open.iter().find(|open| &*open.name == name);
    let on = |instance: &InstanceStatus| {
        let mut value = reported(reported_on(overview, &instance.name, name)?);
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

/// Writes one instance as JSON.
pub(crate) fn instance(instance: &InstanceStatus) -> Value {
    let breakers = instance.breakers.iter().map(|breaker| {
        let mut value = reported(breaker);
        value["name"] = json!(&*breaker.name);
        value
    });
    json!({
        "name": &*instance.name,
        "program": instance.program,
        "alive_for_ms": millis(instance.alive_for),
        "is_addressable": instance.is_addressable,
        "breakers": breakers.collect::<Vec<_>>(),
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

/// Returns the cells of the list of instances.
pub(crate) fn cells_of_instance(instance: &InstanceStatus) -> Vec<String> {
    let breakers = instance.breakers.iter();
    let breakers: Vec<_> = breakers
        .map(|breaker| format!("{} ({})", breaker.name, breaker.state))
        .collect();
    let breakers = if breakers.is_empty() {
        "-".to_owned()
    } else {
        breakers.join(", ")
    };
    vec![instance.name.to_string(), instance.program.clone(), breakers]
}

/// Returns the cells of one breaker on one instance.
pub(crate) fn cells_on(overview: &FleetOverview, instance: &str, name: &str) -> Vec<String> {
    let reported = reported_on(overview, instance, name);
    let remaining = reported.map_or_else(
        || forced_on_all(overview, name)?.remaining,
        |breaker| breaker.remaining,
    );
    let operator = reported.and_then(|breaker| breaker.operator.as_ref());
    vec![
        instance.to_owned(),
        state_on(overview, instance, name).to_owned(),
        remaining.map_or("-".to_owned(), show),
        operator.map_or(String::new(), |operator| format!("by {operator}")),
    ]
}

/// Returns the cells of one breaker, from its JSON.
pub(crate) fn cells(breaker: &Value) -> Vec<String> {
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
