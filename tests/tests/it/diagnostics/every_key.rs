//! What holds for every argument.
//! How it is written, that a mistake in it hides nothing else, and that errors in the user's own
//! code stay where they are.

use super::declared::{self, sorted};
use super::hold;
use super::table::Table;

/// One argument of the attribute.
struct Key {
    name: &'static str,
    /// What it needs beside it, with a comma behind.
    with: &'static str,
    value: &'static str,
    /// A wrong value, with its mark, and its message.
    bad: &'static str,
    message: &'static str,
    /// How a macro by example takes the value.
    fragment: &'static str,
}

const fn key(name: &'static str, value: &'static str, bad: &'static str, message: &'static str) -> Key {
    Key {
        name,
        with: "",
        value,
        bad,
        message,
        fragment: "expr",
    }
}

const SHARE: &str = r#"threshold = "50%", window = "10s", "#;

const KEYS: [Key; 25] = [
    key("name", r#""orders""#, r#"«""»"#, "`name` is empty"),
    key("threshold", "5", "«0»", "`threshold` must be at least 1"),
    key("window", r#""10s""#, r#"«"10"»"#, "`10` has no unit"),
    Key {
        with: SHARE,
        ..key("minimum_calls", "10", "«0»", "`minimum_calls` must be at least 1")
    },
    key(
        "slow_call",
        r#""500ms""#,
        "«500»",
        "`slow_call` takes a duration string",
    ),
    Key {
        with: r#"slow_call = "1s", window = "10s", "#,
        ..key(
            "slow_threshold",
            r#""80%""#,
            r#"«"0%"»"#,
            "`slow_threshold` must be more than 0%",
        )
    },
    key(
        "timeout",
        r#""2s""#,
        r#"«"0s"»"#,
        "`timeout` must be longer than zero",
    ),
    key("cooldown", r#""10s""#, r#"«"10 sec"»"#, "unknown unit `sec`"),
    Key {
        with: r#"cooldown = "1s", "#,
        ..key(
            "max_cooldown",
            r#""5m""#,
            "«true»",
            "`max_cooldown` takes a duration",
        )
    },
    key("jitter", r#""20%""#, "«20»", "`jitter` takes a percentage"),
    key("latency", "true", "«1»", "`latency` takes `true` or `false`"),
    key("trial_calls", "3", "«101»", "`trial_calls` is too large"),
    Key {
        fragment: "pat",
        ..key("failure", "Err(Error::Down)", "«_»", "`_` matches every call")
    },
    Key {
        fragment: "pat",
        ..key("ignore", "Err(Error::Down)", "«all»", "`all` matches every call")
    },
    key(
        "fallback",
        "other",
        "«5»",
        "`fallback` takes the path of a function",
    ),
    Key {
        with: "fallback = other, ",
        ..key(
            "fallback_on",
            r#""failure""#,
            r#"«"open"»"#,
            "`fallback_on` is `\"rejection\"`",
        )
    },
    key(
        "classify",
        "judged",
        r#"«"judged"»"#,
        "`classify` takes a path, not a string",
    ),
    key("last_good", r#""5m""#, r#"«"1.5m"»"#, "did you mean `\"90s\"`?"),
    Key {
        with: r#"last_good = "5m", "#,
        ..key("last_good_key", "id + 1", "id «+»", "expected an expression")
    },
    Key {
        with: r#"last_good = "5m", "#,
        ..key(
            "last_good_capacity",
            "10",
            "«0»",
            "`last_good_capacity` must be at least 1",
        )
    },
    key(
        "error",
        "|_| Error::Down",
        "«5»",
        "`error` takes a closure or the path of a function",
    ),
    key("breaker", "given()", "given( ) «+»", "expected an expression"),
    key("key", "id", "id «+»", "expected an expression"),
    Key {
        with: "key = 7, ",
        ..key("max_keys", "10", "«0»", "`max_keys` must be at least 1")
    },
    key(
        "crate",
        "::fusebox",
        r#"«"fusebox"»"#,
        "`crate` takes a path, not a string",
    ),
];

/// The same table about each key that `is_meant`.
fn of_every_key(name: &str, text: &str, is_meant: impl Fn(&str) -> bool) -> Vec<Table> {
    KEYS.iter()
        .filter(|key| is_meant(key.name))
        .map(|key| key.table(name, text))
        .collect()
}

impl Key {
    fn table(&self, name: &str, text: &str) -> Table {
        // Beside it stands another argument, right or wrong.
        let (next_key, next_value, next_bad, next_message) = match self.name {
            "breaker" => (
                "timeout",
                r#""2s""#,
                r#"timeout = «"0s"»"#,
                "`timeout` must be longer than zero",
            ),
            "trial_calls" => ("jitter", r#""0%""#, "jitter = «5»", "`jitter` takes a percentage"),
            _ => (
                "trial_calls",
                "2",
                "trial_calls = «0»",
                "`trial_calls` must be at least 1",
            ),
        };
        let (first, rest) = self.name.split_at(1);
        let filled = [
            ("{with_made}", self.with),
            ("{value}", self.value),
            ("{bad}", self.bad),
            ("{message}", self.message),
            ("{fragment}", self.fragment),
            ("{typo}", &self.name[..self.name.len() - 1]),
            ("{upper}", &(first.to_uppercase() + rest)),
            ("{next}", &format!("{next_key} = {next_value}")),
            ("{next_key}", next_key),
            ("{next_value}", next_value),
            ("{next_bad}", next_bad),
            ("{next_message}", next_message),
        ]
        .iter()
        .fold(text.to_owned(), |text, (hole, with)| text.replace(hole, with));
        Table::of_key(name, &filled, self.name, self.with)
    }
}

#[test]
fn every_argument_is_in_the_list() {
    let listed = KEYS.iter().map(|key| key.name).collect();
    let declared = declared::all().iter().map(|argument| argument.name).collect();
    assert_eq!(sorted(listed), sorted(declared));
}

/// `crate` cannot be a constant's name.
#[test]
fn every_argument_is_documented_for_editors() {
    let documented = include_str!("../../../../runtime/src/__private/ide.rs").lines();
    let documented = documented.filter_map(|line| line.trim().strip_prefix("pub const ")?.split(':').next());
    let documented = documented.map(|name| name.trim_start_matches("r#")).collect();
    let names = KEYS.iter().map(|key| key.name).filter(|name| *name != "crate");
    assert_eq!(sorted(documented), sorted(names.collect()));
}

/// The constant that a source file begins with.
fn list(source: &str) -> &str {
    let list = source
        .split("\nconst ")
        .nth(1)
        .and_then(|rest| rest.split("];").next());
    list.expect("a list")
}

/// Words of other libraries: each is answered in a row of its own.
#[test]
fn every_alias_has_a_row() {
    let aliases = list(include_str!("../../../../macros/src/args/aliases.rs"));
    let aliases = aliases.split('"').skip(1).step_by(2);
    let elsewhere = list(include_str!("../../../../macros/src/args/elsewhere.rs"));
    let elsewhere = elsewhere
        .split("&[")
        .skip(2)
        .filter_map(|row| row.split(']').next());
    let words = aliases.chain(elsewhere.flat_map(|row| row.split('"').skip(1).step_by(2)));
    let rows = include_str!("rows/unknown_argument.rows");
    let without: Vec<_> = words
        .filter(|word| !rows.contains(&format!("«{word}»")))
        .collect();
    assert!(without.is_empty(), "{without:?}");
}

#[test]
fn the_same_mistake_gets_the_same_error_for_every_argument() {
    hold(of_every_key(
        "every_argument",
        include_str!("rows/every_argument.rows"),
        |_| true,
    ));
}

#[test]
fn every_argument_may_be_a_raw_identifier() {
    hold(of_every_key(
        "every_argument_raw",
        include_str!("rows/every_argument_raw.rows"),
        |key| key != "crate",
    ));
}

#[test]
fn an_argument_given_twice_is_an_error() {
    let is_meant = |key: &str| !matches!(key, "failure" | "ignore");
    hold(of_every_key(
        "every_argument_twice",
        include_str!("rows/every_argument_twice.rows"),
        is_meant,
    ));
}

#[test]
fn a_wrong_value_from_a_macro_is_underlined_where_it_was_written() {
    hold(of_every_key(
        "every_argument_from_a_macro",
        include_str!("rows/every_argument_from_a_macro.rows"),
        |key| !matches!(key, "last_good_key" | "breaker" | "key"),
    ));
}

#[test]
fn errors_in_the_body_stay_where_they_are() {
    hold(of_every_key("body", include_str!("rows/body.rows"), |_| true));
    hold(of_every_key(
        "body_warning",
        include_str!("rows/body_warning.rows"),
        |_| true,
    ));
}
