//! The command line.

use std::path::PathBuf;

const USAGE: &str = "usage: cargo run --example shards -- --config FILE [--picture FILE.svg]";

/// The options of the command line.
#[derive(Debug)]
pub(crate) struct Options {
    /// The settings.
    pub(crate) config: PathBuf,
    /// The picture to write. Default: `shards.svg`.
    pub(crate) picture: PathBuf,
}

impl Options {
    pub(crate) fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut config, mut picture) = (None, PathBuf::from("shards.svg"));
        while let Some(argument) = arguments.next() {
            let value = arguments.next().map(PathBuf::from);
            match (argument.as_str(), value) {
                ("--config", Some(path)) => config = Some(path),
                ("--picture", Some(path)) => picture = path,
                ("--config" | "--picture", None) => {
                    return Err(format!("`{argument}` needs a file\n{USAGE}"));
                }
                _ => return Err(format!("unknown argument `{argument}`\n{USAGE}")),
            }
        }
        let config = config.ok_or_else(|| format!("`--config` is missing\n{USAGE}"))?;
        Ok(Self { config, picture })
    }
}
