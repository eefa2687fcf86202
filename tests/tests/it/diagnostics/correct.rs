//! Correct functions of many shapes under every form of the attribute.

use super::declared;

/// The shapes.
/// `#[form(name)]` stands for the attribute of the function `name`, whose fallback is `name_else`.
const SHAPES: &str = include_str!("rows/correct.template");

/// Each form that the output has.
///
/// `{else}` is the path of the fallback, `{first}` a parameter.
const FORMS: [(&str, &str); 17] = [
    ("nothing", ""),
    ("threshold", "threshold = 3, cooldown = \"10s\", "),
    ("name", "name = \"orders\", "),
    (
        "constants",
        "threshold = crate::LIMIT, trial_calls = crate::LIMIT, name = crate::NAME, ",
    ),
    ("timeout", "timeout = \"1s\", "),
    (
        "patterns",
        "failure = crate::Failed(crate::Error::Down), ignore = crate::Done(_), ",
    ),
    ("classify", "classify = crate::judged, "),
    ("path", "fallback = {else}, "),
    ("closure", "fallback = |_| crate::Failed(crate::Error::Down), "),
    ("error", "error = |_| crate::Error::Down, timeout = \"1s\", "),
    (
        "error_with_parameters",
        "error = |_| crate::refused(&{first}), timeout = \"1s\", ",
    ),
    (
        "path_on_failure",
        "fallback = {else}, fallback_on = \"failure\", ",
    ),
    (
        "closure_on_failure",
        "fallback = |_| crate::Failed(crate::Error::Down), fallback_on = \"failure\", timeout = \"1s\", ",
    ),
    ("kept", "last_good = \"1m\", "),
    (
        "kept_on_failure",
        "last_good = \"1m\", fallback_on = \"failure\", timeout = \"1s\", ",
    ),
    (
        "kept_before_fallback",
        "last_good = \"1m\", fallback = {else}, fallback_on = \"failure\", ",
    ),
    (
        "everything",
        "threshold = \"50%\", window = \"10s\", minimum_calls = 20, slow_call = \"1s\", slow_threshold = \"80%\", \
         timeout = \"2s\", cooldown = \"1s\", max_cooldown = \"5m\", jitter = \"20%\", trial_calls = 3, latency = true, \
         key = crate::LIMIT, max_keys = crate::LIMIT, \
         failure = crate::Failed(crate::Error::Down) if crate::LIMIT > 1, \
         fallback = {else}, fallback_on = \"failure\", last_good = \"1m\", last_good_capacity = 10, ",
    ),
];

/// What all forms need at the root of the crate; `{crate}` is the name of ours.
const ROOT: &str = r#"
/// An own error.
#[derive(::std::fmt::Debug)]
pub enum Error {
    /// From the breaker.
    Breaker,
    /// From the service.
    Down,
}

impl ::std::convert::From<::{crate}::Rejected> for Error {
    fn from(_: ::{crate}::Rejected) -> Self {
        Self::Breaker
    }
}

impl ::std::convert::From<::{crate}::TimedOut> for Error {
    fn from(_: ::{crate}::TimedOut) -> Self {
        Self::Breaker
    }
}

pub use ::std::result::Result::{Err as Failed, Ok as Done};

/// A constant number.
pub const LIMIT: u32 = 3;
/// A constant name.
pub const NAME: &str = "orders";

/// An error of a parameter.
pub const fn refused<T: ?::std::marker::Sized>(_: &T) -> Error {
    Error::Down
}

/// A classifier.
pub const fn judged<T>(answer: &::std::result::Result<T, Error>) -> ::{crate}::Outcome {
    match *answer {
        ::std::result::Result::Ok(_) => ::{crate}::Outcome::Success,
        ::std::result::Result::Err(_) => ::{crate}::Outcome::Failure,
    }
}
"#;

/// Returns the source of the crate.
/// `head` is its beginning, `krate` the name of fusebox in it, and `beside` is repeated in each
/// module.
pub(crate) fn crate_of_all(head: &str, krate: &str, beside: &str) -> String {
    let named = if krate == "fusebox" {
        String::new()
    } else {
        format!("crate = ::{krate}, ")
    };
    let mut text = head.to_owned() + &ROOT.replace("{crate}", krate);
    for (module, form) in FORMS {
        text += &["\n/// One form.\npub mod ", module, " {\n", beside].concat();
        for line in SHAPES.lines() {
            text += &attribute(line, krate, &format!("{named}{form}")).unwrap_or_else(|| line.to_owned());
            text += "\n";
        }
        text += "}\n";
    }
    text
}

/// Returns the crate with a prelude, and with shapes that need one.
pub(crate) fn crate_with_prelude() -> String {
    let others = include_str!("rows/correct.rs");
    crate_of_all("//! A crate.\n", "fusebox", "")
        + "pub mod others {\n#![allow(unused_qualifications)]\n"
        + others
        + "}\n"
}

/// The crate without std.
pub(crate) fn crate_without_std() -> String {
    let text = crate_of_all("//! A crate.\n#![no_std]\nextern crate alloc;\n", "fusebox", "");
    let of_alloc = ["boxed", "vec", "string"].iter();
    let text = of_alloc.fold(text, |text, module| {
        text.replace(&format!("::std::{module}"), &format!("::alloc::{module}"))
    });
    text.replace("::std::", "::core::")
}

/// The same functions without the attribute, as often.
pub(crate) fn plain(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.contains("circuit_breaker"));
    lines.fold(String::new(), |text, line| text + line + "\n")
}

/// `#[form(name)]` as the attribute that it stands for.
fn attribute(line: &str, krate: &str, form: &str) -> Option<String> {
    let (kind, function) = line
        .trim()
        .strip_prefix("#[form")?
        .strip_suffix(")]")?
        .split_once('(')?;
    let first = match function.trim_end_matches("_now") {
        "waits" | "borrowed" => "text",
        "generic" => "values",
        "patterns" => "a",
        "later" => "crate::NAME",
        _ => "id",
    };
    let form = form.replace("{first}", first);
    let is_kept = form.contains("last_good =");
    // A synchronous call has no timeout.
    let (kind, form) = match kind.strip_suffix("_now") {
        Some(kind) => (
            kind,
            form.replace("timeout = \"1s\", ", "")
                .replace("timeout = \"2s\", ", ""),
        ),
        None => (kind, form),
    };
    let arguments = match kind {
        // A borrow cannot be kept, and a generic parameter only with bounds that no other form
        // needs.
        "_of_borrow" if is_kept => format!("crate = ::{krate}"),
        "_of_method" => {
            let name = if form.contains("name = ") {
                ""
            } else {
                "name = \"service\", "
            };
            let key = if is_kept { "last_good_key = id, " } else { "" };
            form.replace("{else}", &format!("Self::{function}_else")) + name + key
        }
        _ => form.replace("{else}", &format!("{function}_else")),
    };
    Some(format!("#[::{krate}::circuit_breaker({arguments})]"))
}

#[test]
fn every_setting_is_in_a_form() {
    for setting in declared::all().iter().filter(|argument| argument.is_setting) {
        let name = setting.name;
        let start = format!("{name} = ");
        // `cooldown` is also the end of `max_cooldown`.
        let is_word = |c: char| c == '_' || c.is_alphanumeric();
        let is_given = FORMS.iter().any(|(_, form)| {
            form.match_indices(&start)
                .any(|(at, _)| !form[..at].ends_with(is_word))
        });
        assert!(is_given, "{name}");
    }
}
