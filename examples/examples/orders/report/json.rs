//! One JSON object per line. Its `type` is the kind of note.

use serde::Serialize;
use serde_json::{Value, json};

use crate::{notes::Note, record::Tick, verdict::Verdict};

pub(super) fn note(note: &Note) {
    match note {
        Note::Act { at, health } => {
            println!(
                "{}",
                json!({"type": "act", "at_ms": at.since_start.as_millis(), "inventory": health})
            );
        }
        Note::Transition {
            at,
            from,
            to,
            reason,
            cooldown,
        } => println!(
            "{}",
            json!({
                "type": "transition",
                "at_ms": at.since_start.as_millis(),
                "from": from.as_str(),
                "to": to.as_str(),
                "reason": reason.to_string(),
                "cooldown_ms": cooldown.map(|cooldown| cooldown.as_millis()),
            })
        ),
        Note::Answer(_) => {}
    }
}

pub(super) fn tick(tick: &Tick) {
    println!("{}", typed("tick", tick));
}

pub(super) fn end(verdict: &Verdict) {
    let mut line = typed("summary", verdict);
    line["happened"] = verdict.is_good().into();
    println!("{line}");
}

/// The value's object with its `type`.
fn typed(kind: &str, value: &impl Serialize) -> Value {
    let mut line = json!(value);
    line["type"] = kind.into();
    line
}
