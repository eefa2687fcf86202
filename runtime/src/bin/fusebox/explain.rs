//! The reasons for the state of a breaker of a fleet, in words.

use std::time::Duration;

use serde_json::Value;

use crate::duration::show;

/// Explains the JSON that `show` prints for one breaker.
pub(crate) fn explained(breaker: &Value) -> String {
    let name = text(breaker, "name");
    let (forced, open) = (&breaker["forced"], &breaker["open"]);
    let live = breaker["live_instances"].as_u64().unwrap_or(0);
    let reported = breaker["instances"].as_array().map_or(0, Vec::len);
    let (headline, mut facts) = if !forced.is_null() {
        explained_forced(&name, forced)
    } else if !open.is_null() {
        explained_open(&name, open)
    } else if reported > 0 {
        let headline = format!("{name} is not closed on {reported} of {live} instances");
        let rule =
            "no operator and no quorum acts on all: each instance, or its operator, decides for itself";
        (headline, vec![("rule", rule.to_owned())])
    } else {
        let headline = format!("{name} is closed on all {live} instances, or no instance has it");
        let reason = "the store holds only breakers that are not closed; the name is not checked";
        return format!("{headline}\n  {:<10}{reason}", "note");
    };
    if reported > 0 {
        facts.push(("instances", instances(breaker)));
    }
    facts.push((
        "more",
        format!("`fusebox --at http://HOST:PORT explain {name}` shows rule and last error of one instance"),
    ));
    let lines = facts.iter().map(|(label, fact)| format!("\n  {label:<10}{fact}"));
    headline + &lines.collect::<String>()
}

type Explained = (String, Vec<(&'static str, String)>);

fn explained_forced(name: &str, forced: &Value) -> Explained {
    let state = text(forced, "state").replace('_', " ");
    let headline = format!("{name} is {state} on all instances");
    let calls = if state == "forced open" {
        "rejected"
    } else {
        "admitted"
    };
    let end = left(forced).map_or("with".to_owned(), |left| format!("in {left}, or sooner with"));
    let facts = vec![
        ("rule", format!("an operator decided: every call is {calls}")),
        ("who", text(forced, "who")),
        ("reason", text(forced, "reason")),
        ("ends", format!("{end} `fusebox release {name} --reason \"…\"`")),
    ];
    (headline, facts)
}

fn explained_open(name: &str, open: &Value) -> Explained {
    let number = |key: &str| open[key].as_u64().unwrap_or(0);
    let (next, headline) = match (open["trial_by"].as_str(), left(open)) {
        (Some(owner), _) => (
            format!("the trial calls of {owner} run, and decide for all"),
            format!("{name} is open on all instances, a trial runs"),
        ),
        (None, Some(left)) if number("remaining_ms") > 0 => (
            "one instance makes the trial calls, and decides for all".to_owned(),
            format!("{name} is open on all instances, next trial in {left}"),
        ),
        _ => (
            "the next instance that is called makes the trial calls for all".to_owned(),
            format!("{name} is open on all instances, the cooldown is over"),
        ),
    };
    let rule = format!(
        "{} of {} live instances had tripped by themselves: a quorum",
        number("tripped_instances"),
        number("live_instances")
    );
    let trials = format!("{} failed since then", number("failed_trials"));
    (headline, vec![("rule", rule), ("trials", trials), ("next", next)])
}

fn instances(breaker: &Value) -> String {
    let one = |instance: &Value| {
        let end = left(instance).map_or(String::new(), |left| format!(" for {left}"));
        let by = instance["who"].as_str().map_or(String::new(), |who| {
            format!(" by {who} ({})", text(instance, "reason"))
        });
        let state = text(instance, "state").replace('_', " ");
        format!("{} {state}{end}{by}", text(instance, "instance"))
    };
    let all = breaker["instances"].as_array().into_iter().flatten().map(one);
    all.collect::<Vec<_>>().join(", ")
}

/// Returns what remains of it; `None` without an end.
fn left(of: &Value) -> Option<String> {
    of["remaining_ms"].as_u64().map(Duration::from_millis).map(show)
}

fn text(of: &Value, key: &str) -> String {
    of[key].as_str().unwrap_or("").to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_open_breaker_is_explained() {
        let breaker = json!({
            "name": "inventory", "live_instances": 5, "forced": null,
            "open": { "remaining_ms": 12_000, "failed_trials": 3, "tripped_instances": 2, "live_instances": 4, "trial_by": null },
            "instances": [{ "instance": "pod-1", "state": "open", "remaining_ms": 12_000 }],
        });
        assert_eq!(
            explained(&breaker),
            "inventory is open on all instances, next trial in 12s
  rule      2 of 4 live instances had tripped by themselves: a quorum
  trials    3 failed since then
  next      one instance makes the trial calls, and decides for all
  instances pod-1 open for 12s
  more      `fusebox --at http://HOST:PORT explain inventory` shows rule and last error of one instance"
        );
        let mut trying = breaker;
        trying["open"]["trial_by"] = json!("pod-2");
        assert!(explained(&trying).contains("the trial calls of pod-2 run"));
    }

    #[test]
    fn a_forced_breaker_names_the_operator_and_the_way_out() {
        let forced =
            json!({ "state": "forced_open", "remaining_ms": null, "who": "anna", "reason": "provider down" });
        let text = explained(&json!({ "name": "payments", "live_instances": 5, "forced": forced }));
        for part in [
            "payments is forced open on all instances\n",
            "an operator decided: every call is rejected",
            "who       anna\n",
            "reason    provider down\n",
            "ends      with `fusebox release payments --reason \"…\"`",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn a_closed_breaker_may_be_a_wrong_name() {
        let text = explained(&json!({ "name": "paymnets", "live_instances": 5, "instances": [] }));
        assert!(text.starts_with("paymnets is closed on all 5 instances, or no instance has it"));
        let alone = json!([{ "instance": "pod-1", "state": "open", "remaining_ms": 1000 }]);
        let text = explained(&json!({ "name": "x", "live_instances": 5, "instances": alone }));
        assert!(
            text.starts_with("x is not closed on 1 of 5 instances\n"),
            "{text}"
        );
    }
}
