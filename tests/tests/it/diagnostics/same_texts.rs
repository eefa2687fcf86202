//! A wrong value gets the same message in a file as in the attribute.

use std::fmt::Write as _;

use fusebox::config::Overrides;

use super::{compiler::Compiler, declared};

/// Values that are written alike in TOML and in Rust.
const VALUES: [&str; 39] = [
    "0",
    "5",
    "10001",
    "1000001",
    "5000000000",
    "0.0",
    "0.5",
    "1.5",
    "50.5",
    "100.0",
    "true",
    "\"\"",
    "\" \"",
    "\"0\"",
    "\"5\"",
    "\"0.5\"",
    "\"half\"",
    "\"true\"",
    "\"0%\"",
    "\"50%\"",
    "\"101%\"",
    "\"-5%\"",
    "\"0.00001%\"",
    "\"50 percent\"",
    "\"%\"",
    "\"0s\"",
    "\"5s\"",
    "\"5S\"",
    "\"-5s\"",
    "\"0.5s\"",
    "\"5 sec\"",
    "\"5 minutes\"",
    "\"30s 5m\"",
    "\"5s 5s\"",
    "\"5 calls\"",
    "\"PT5S\"",
    "\"36501d\"",
    "\"s\"",
    "\"５s\"",
];

/// Returns the message of the file's only mistake.
fn of_file(key: &str, value: &str) -> Option<String> {
    let file = format!("[breaker.payments]\n{key} = {value}\n");
    let invalid = Overrides::from_toml(&file).err()?;
    assert_eq!(invalid.mistakes().len(), 1, "{file}{invalid}");
    Some(invalid.mistakes()[0].message().to_owned())
}

#[test]
fn a_wrong_value_has_the_same_message_in_the_attribute_and_in_a_file() {
    let mut source = String::from("use fusebox::circuit_breaker;\n");
    let mut cases = Vec::new();
    let declared = declared::all().into_iter();
    let settings = declared
        .filter(|argument| argument.is_setting)
        .map(|argument| argument.name);
    for key in settings.chain(["timeout"]) {
        for value in VALUES {
            let number = cases.len();
            writeln!(
                source,
                "#[circuit_breaker({key} = {value})] pub async fn f{number}() -> std::io::Result<()> {{ Ok(()) }}"
            )
            .expect("a string grows");
            cases.push((key, value, source.len()));
        }
    }
    let found = Compiler::get().check_text("same_texts", &source);
    let mut wrong = Vec::new();
    let mut start = 0;
    for (key, value, end) in cases {
        let of_attribute: Vec<_> = found
            .iter()
            .filter(|error| (start..end).contains(&error.span.start))
            .map(|error| error.message.as_str())
            .collect();
        start = end;
        match of_file(key, value) {
            // The attribute may also need another argument, which a file need not give.
            Some(text) if of_attribute.contains(&text.as_str()) => {}
            None if of_attribute.iter().all(|text| is_about_another(text)) => {}
            text => wrong.push(format!(
                "{key} = {value}\n  file:      {}\n  attribute: {of_attribute:?}\n",
                text.unwrap_or_else(|| "correct".to_owned())
            )),
        }
    }
    assert!(wrong.is_empty(), "{} values:\n{}", wrong.len(), wrong.concat());
}

/// Returns whether a message is about an argument that is not there.
fn is_about_another(text: &str) -> bool {
    text.contains("needs")
        || text.ends_with("write a `cooldown` too")
        || text.contains("is never reached")
        || text.contains("has no effect")
}
