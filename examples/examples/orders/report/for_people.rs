//! A table with the story written into it.

use std::{net::SocketAddr, time::Duration};

use fusebox::Settings;

use super::paint::{self, Colour, Paint};
use crate::{
    inventory::Health,
    load,
    notes::Note,
    record::Tick,
    shop, story,
    verdict::{P99_LIMIT, Verdict},
};

pub(crate) struct ForPeople {
    paint: Paint,
    settings: Settings,
}

impl ForPeople {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            paint: Paint::for_stdout(),
            settings: *settings,
        }
    }

    pub(crate) fn begin(&self, shop: SocketAddr, inventory: SocketAddr) {
        let settings = &self.settings;
        println!("customers ──▶ order service {shop} ──[breaker]──▶ inventory {inventory}");
        println!(
            "{} orders a second for {} s; the breaker trips at {} consecutive failures, for {:?}; a call may take {:?}",
            load::RATE,
            story::length().as_secs(),
            settings.threshold(),
            settings.cooldown(),
            shop::TIMEOUT,
        );
        println!();
        let head = "   time  inventory  breaker     answered  by service  by fallback  failed      p50      p99  slowest  reached inventory";
        println!("{}", self.paint.paint(Colour::Bold, head));
    }

    pub(crate) fn note(&self, note: &Note) {
        match *note {
            Note::Act { at, health } => {
                let what = match health {
                    Health::Healthy => "inventory is healthy",
                    Health::Failing => "inventory answers every request with 500",
                    Health::Hanging => "inventory accepts every request and never answers",
                };
                self.line(
                    at.since_start,
                    &self
                        .paint
                        .paint(paint::of_health(health), &format!("── {what} ──")),
                );
            }
            Note::Transition {
                at,
                from,
                to,
                reason,
                cooldown,
            } => {
                let to = self.paint.paint(paint::of_state(to), to.as_str());
                let cooldown =
                    cooldown.map_or_else(String::new, |cooldown| format!("; cooldown {cooldown:?}"));
                self.line(
                    at.since_start,
                    &format!("▸ breaker {from} → {to}: {reason}{cooldown}"),
                );
            }
            Note::Answer(_) => {}
        }
    }

    fn line(&self, at: Duration, text: &str) {
        println!(
            "{} {text}",
            self.paint
                .paint(Colour::Grey, &format!("{:6.2}s", at.as_secs_f64()))
        );
    }

    pub(crate) fn tick(&self, tick: &Tick) {
        let Tick {
            at_ms,
            inventory,
            state,
            answers,
            reached_inventory,
        } = tick;
        let (p50, p99, slowest) = (
            time(answers.p50_us),
            time(answers.p99_us),
            time(answers.slowest_us),
        );
        let at = format!(
            "{:6.2}s",
            Duration::from_millis(u64::try_from(*at_ms).unwrap_or(u64::MAX)).as_secs_f64()
        );
        println!(
            "{} {} {} {:>10}  {}  {}  {} {p50:>8} {p99:>8} {slowest:>8}  {:>17}",
            self.paint.paint(Colour::Grey, &at),
            self.paint
                .paint(paint::of_health(*inventory), &format!(" {inventory:9}")),
            self.paint.paint(paint::of_state(*state), &format!(" {state:9}")),
            answers.answered,
            self.count(answers.from_service, 10, Colour::Plain),
            self.count(answers.from_fallback, 11, Colour::Yellow),
            self.count(answers.failed, 6, Colour::Red),
            reached_inventory,
        );
    }

    /// Formats a number, in grey if it is 0.
    fn count(&self, count: usize, width: usize, colour: Colour) -> String {
        let colour = if count == 0 { Colour::Grey } else { colour };
        self.paint.paint(colour, &format!("{count:>width$}"))
    }

    pub(crate) fn end(&self, verdict: &Verdict) {
        println!();
        println!("{}", self.paint.paint(Colour::Bold, "Summary"));
        for line in summary(verdict) {
            println!("  {line}");
        }
        println!();
        if verdict.is_good() {
            let good = "✓ The story happened: inventory failed and hung, and every order was answered.";
            println!("{}", self.paint.paint(Colour::Green, good));
        }
        for reason in &verdict.missing {
            let bad = format!("✗ The story did not happen: {reason}.");
            println!("{}", self.paint.paint(Colour::Red, &bad));
        }
    }
}

fn summary(verdict: &Verdict) -> [String; 4] {
    let Verdict {
        all,
        while_faulty,
        while_hanging: hanging,
        faulty_requests,
        trial_calls,
        allowed_trial_calls,
        ..
    } = verdict;
    let until_trip = faulty_requests - trial_calls;
    let never = || "never".to_owned();
    let tripped = verdict
        .tripped_after_ms
        .map_or_else(never, |ms| format!("after {ms} ms of errors"));
    let recovered = verdict
        .recovered_after_ms
        .map_or_else(never, |ms| format!("{ms} ms after inventory did"));
    [
        format!(
            "{} orders: {} answered by the service, {} by the fallback, {} failed",
            all.answered, all.from_service, all.from_fallback, all.failed
        ),
        format!(
            "{} of them came while inventory was sick, and it was asked {faulty_requests} times: {until_trip} until the \
             trip, {trial_calls} by trial calls ({allowed_trial_calls} allowed)",
            while_faulty.answered
        ),
        format!(
            "while it hung and the breaker was open: p50 {}, p99 {} (limit {}), slowest {}",
            time(hanging.p50_us),
            time(hanging.p99_us),
            time(Some(P99_LIMIT.as_micros())),
            time(hanging.slowest_us),
        ),
        format!("tripped: {tripped}; recovered: {recovered}"),
    ]
}

/// Formats microseconds with a unit.
fn time(micros: Option<u128>) -> String {
    match micros {
        None => "–".to_owned(),
        Some(micros @ 0..10_000) => format!("{}.{} ms", micros / 1000, micros % 1000 / 100),
        Some(micros) => format!("{} ms", micros / 1000),
    }
}
