//! Checks a file of overrides against the breakers of a running instance.

use std::path::Path;

use fusebox::config::Overrides;
use serde_json::json;

use crate::{failure::Failure, instance::InstanceTarget, output::Output};

/// Reads the file, and finds names in it that the instance does not have.
pub(crate) fn run(file: &Path, instance: &InstanceTarget, output: &Output) -> Result<(), Failure> {
    let overrides = Overrides::from_file(file).map_err(|error| Failure::Refused(error.to_string()))?;
    let rows = instance.breakers()?;
    let names: Vec<&str> = rows.iter().filter_map(|row| row["name"].as_str()).collect();
    let warnings: Vec<String> = overrides
        .check(names.iter().copied())
        .iter()
        .map(ToString::to_string)
        .collect();
    let shown = file.display();
    output.write(
        &json!({ "file": shown.to_string(), "warnings": warnings }),
        |_| match warnings[..] {
            [] => format!(
                "{shown} is valid; every name in it is one of {} breakers",
                names.len()
            ),
            _ => warnings.join("\n"),
        },
    );
    if warnings.is_empty() {
        Ok(())
    } else {
        Err(Failure::Refused(format!(
            "{shown} has names that the instance does not have"
        )))
    }
}
