//! The command line.

use std::process::ExitCode;

const HELP: &str = "\
An order service asks an inventory service over HTTP, through one annotated function:

  #[circuit_breaker(timeout = \"200ms\", cooldown = \"1s\", fallback = last_seen, fallback_on = \"failure\")]
  async fn stock(shop: &Shop, sku: &str) -> Result<Stock, StockError>

While orders keep coming, inventory is healthy, answers 500, hangs, and is healthy again. One line is printed every half second,
one for each change of the breaker, and a summary. Takes about 15 seconds, uses loopback only.

Usage: cargo run --example orders [-- OPTIONS]

Options:
  --json    Print JSON lines: objects with \"type\" act, transition, tick or summary
  --help    Print this

Exit status: 0 if the story happened, 1 if it did not (the reasons are printed), 2 for a wrong option.
";

/// The options of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Options {
    pub(crate) json: bool,
}

/// Why nothing is run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    Help,
    Unknown(String),
}

impl Options {
    pub(crate) fn from_arguments(arguments: impl Iterator<Item = String>) -> Result<Self, Stop> {
        let mut options = Self::default();
        for argument in arguments {
            match argument.as_str() {
                "--json" => options.json = true,
                "--help" | "-h" => return Err(Stop::Help),
                _ => return Err(Stop::Unknown(argument)),
            }
        }
        Ok(options)
    }
}

impl Stop {
    pub(crate) fn print(self) -> ExitCode {
        match self {
            Self::Help => {
                print!("{HELP}");
                ExitCode::SUCCESS
            }
            Self::Unknown(argument) => {
                eprintln!("orders: unknown option `{argument}`; there are --json and --help");
                ExitCode::from(2)
            }
        }
    }
}
