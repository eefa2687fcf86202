//! A second description: which values are valid, and which go together.

use super::{Choices, ITEMS, check};

/// One value of an argument, and whether it is valid by itself.
type Value = (&'static str, bool);

/// Every argument, and one that does not exist.
pub(super) const KEYS: [(&str, &[Value]); 26] = [
    (
        "name",
        &[
            ("\"orders\"", true),
            ("NAMES::ORDERS", true),
            ("\"\"", false),
            ("5", false),
            ("", false),
        ],
    ),
    (
        "threshold",
        &[
            ("5", true),
            ("MAX", true),
            ("1_000", true),
            ("\"50%\"", true),
            ("0", false),
            ("-1", false),
            ("\"5\"", false),
            ("5u8", false),
        ],
    ),
    (
        "window",
        &[
            ("20", true),
            ("3", true),
            ("\"10s\"", true),
            ("0", false),
            ("\"50%\"", false),
        ],
    ),
    (
        "minimum_calls",
        &[
            ("2", true),
            ("30", true),
            ("FEW", true),
            ("0", false),
            ("\"2\"", false),
        ],
    ),
    (
        "slow_call",
        &[
            ("\"50ms\"", true),
            ("limits::SLOW", true),
            ("\"100ms\"", true),
            ("\"0s\"", false),
            ("50", false),
        ],
    ),
    (
        "slow_threshold",
        &[("\"80%\"", true), ("\"0%\"", false), ("80", false)],
    ),
    (
        "timeout",
        &[
            ("\"100ms\"", true),
            ("TIMEOUT", true),
            ("\"1.5s\"", false),
            ("timeout()", false),
        ],
    ),
    (
        "cooldown",
        &[
            ("\"10s\"", true),
            ("\"1m 30s\"", true),
            ("Duration::MAX", true),
            ("\"10\"", false),
            ("10", false),
            ("\"0s\"", false),
        ],
    ),
    (
        "max_cooldown",
        &[("\"20s\"", true), ("\"1h\"", true), ("\"long\"", false)],
    ),
    (
        "jitter",
        &[
            ("\"20%\"", true),
            ("\"0%\"", true),
            ("\"120%\"", false),
            ("20", false),
        ],
    ),
    (
        "latency",
        &[
            ("true", true),
            ("false", true),
            ("\"true\"", false),
            ("1", false),
            ("", false),
        ],
    ),
    (
        "trial_calls",
        &[
            ("3", true),
            ("LIMIT", true),
            ("0", false),
            ("101", false),
            ("true", false),
        ],
    ),
    (
        "failure",
        &[
            ("Err(_)", true),
            ("Err(E::A { x, .. }) if *x > 1", true),
            ("_", false),
            ("anything", false),
        ],
    ),
    ("ignore", &[("Err(E::B | E::C)", true), ("", false), ("x", false)]),
    (
        "classify",
        &[
            ("fusebox::classify::io", true),
            ("|r| judge(r)", false),
            ("\"m::judge\"", false),
            ("5", false),
        ],
    ),
    (
        "fallback",
        &[
            ("f", true),
            ("\"m::f\"", true),
            ("|cause| Ok(1)", true),
            ("5", false),
            ("f()", false),
            ("\"\"", false),
        ],
    ),
    ("fallback_on", &[("\"failure\"", true), ("\"sometimes\"", false)]),
    (
        "last_good",
        &[
            ("\"5m\"", cfg!(feature = "last-good")),
            ("5", false),
            ("\"soon\"", false),
        ],
    ),
    ("last_good_key", &[("a", true), ("(a, 1)", true), ("", false)]),
    (
        "last_good_capacity",
        &[("10", true), ("MANY", true), ("0", false), ("\"10\"", false)],
    ),
    (
        "error",
        &[
            ("m::make", true),
            ("|refusal| E::from(refusal)", true),
            ("make(1)", false),
            ("|| E::A", false),
        ],
    ),
    ("breaker", &[("&BREAKER", true), ("of(a, b)", true), ("", false)]),
    ("key", &[("a", true), ("format!(\"{a}\")", true), ("", false)]),
    (
        "max_keys",
        &[
            ("10", true),
            ("MANY", true),
            ("0", false),
            ("100_001", false),
            ("\"10\"", false),
        ],
    ),
    ("crate", &[("::fusebox", true), ("5", false)]),
    ("bogus", &[("1", false)]),
];

/// The settings of a breaker.
pub(super) const OF_BREAKER: [&str; 13] = [
    "key",
    "max_keys",
    "name",
    "threshold",
    "window",
    "minimum_calls",
    "slow_call",
    "slow_threshold",
    "cooldown",
    "max_cooldown",
    "jitter",
    "trial_calls",
    "latency",
];

/// Arguments in the order in which they are written.
#[derive(Default)]
struct Written(Vec<(&'static str, &'static str)>);

impl Written {
    fn value(&self, key: &str) -> Option<&'static str> {
        self.0
            .iter()
            .find(|(known, _)| *known == key)
            .map(|(_, value)| *value)
    }

    fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    /// Returns the number of an argument, unless it is a constant.
    fn number(&self, key: &str) -> Option<u32> {
        self.value(key)?.replace('_', "").parse().ok()
    }

    /// Returns the duration of an argument in milliseconds.
    fn millis(&self, key: &str) -> Option<u64> {
        Some(match self.value(key)? {
            "\"50ms\"" => 50,
            "\"100ms\"" => 100,
            "\"10s\"" => 10_000,
            "\"20s\"" => 20_000,
            "\"1m 30s\"" => 90_000,
            "\"1h\"" => 3_600_000,
            _ => return None,
        })
    }

    /// Returns the cooldown in milliseconds, unless it is a constant.
    fn cooldown(&self) -> Option<u64> {
        if self.has("cooldown") {
            self.millis("cooldown")
        } else {
            Some(30_000)
        }
    }

    /// Whether a call can time out without an answer of the fallback.
    fn may_time_out(&self) -> bool {
        self.has("timeout") && !self.has("fallback_on")
    }

    /// Whether valid values also go together.
    fn go_together(&self) -> bool {
        let is_rate = self.value("threshold") == Some("\"50%\"");
        let calls = self.number("window");
        let within =
            |number: Option<u32>| calls.is_none_or(|calls| number.is_none_or(|number| number <= calls));
        let threshold = if self.has("threshold") {
            self.number("threshold")
        } else {
            Some(5)
        };
        let needs = |key, other| !self.has(key) || self.has(other);
        within(threshold)
            && within(self.number("minimum_calls"))
            && (!is_rate || self.has("window"))
            && (!self.has("minimum_calls") || is_rate || self.has("slow_threshold"))
            && needs("max_keys", "key")
            && needs("slow_threshold", "slow_call")
            && needs("slow_threshold", "window")
            && self
                .millis("slow_call")
                .is_none_or(|slow| self.millis("timeout").is_none_or(|timeout| slow < timeout))
            && self
                .millis("max_cooldown")
                .is_none_or(|longest| self.cooldown().is_none_or(|cooldown| longest >= cooldown))
            && !(self.has("classify") && (self.has("failure") || self.has("ignore")))
            && (!self.has("fallback_on") || self.has("fallback") || self.has("last_good"))
            && !(self.has("error") && self.has("fallback") && !self.may_time_out())
            && !(self.has("breaker") && OF_BREAKER.iter().any(|key| self.has(key)))
            && needs("last_good_key", "last_good")
            && needs("last_good_capacity", "last_good")
    }
}

/// Checks that there is an error if and only if an argument is wrong.
pub fn grammar(bytes: &[u8]) {
    let mut choices = Choices(bytes);
    let mut written = Written::default();
    let mut is_right = true;
    for _ in 0..choices.byte() % 7 {
        let (key, values) = choices.pick(&KEYS);
        let (value, is_value_right) = choices.pick(values);
        let may_repeat = matches!(*key, "failure" | "ignore");
        is_right &= is_value_right & (may_repeat || !written.has(key));
        written.0.push((key, value));
    }
    is_right &= written.go_together();
    let args: Vec<_> = written
        .0
        .iter()
        .map(|(key, value)| format!("{key} = {value}"))
        .collect();
    let comma = if choices.byte() % 2 == 0 && !args.is_empty() {
        ","
    } else {
        ""
    };
    let args = args.join(", ") + comma;
    let errors = check(&args, ITEMS[0]);
    assert_eq!(errors == 0, is_right, "{errors} errors for `{args}`");
}
