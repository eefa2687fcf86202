//! The command line.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    process::ExitCode,
};

const HELP: &str = "\
An order service asks an inventory service over HTTP, through one annotated function:

  #[circuit_breaker(timeout = \"200ms\", cooldown = \"1s\", fallback = last_seen, fallback_on = \"failure\")]
  async fn stock(shop: &Shop, sku: &str) -> Result<Stock, StockError>

While orders keep coming, inventory is healthy, answers 500, hangs, and is healthy again. One line is printed every half second,
one for each change of the breaker, and a summary. Takes about 15 seconds, uses loopback only.

Usage: cargo run --example orders [-- OPTIONS]

Options:
  --json            Print JSON lines: objects with \"type\" act, transition, tick or summary
  --page[=ADDRESS]  Serve the operator's page on 127.0.0.1:9090 or on ADDRESS, and repeat the story until Ctrl-C
  --help            Print this

Exit status: 0 if the story happened, 1 if it did not (the reasons are printed), 2 for a wrong option.
";

/// Where the page is served unless an address is given.
const PAGE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9090);

/// The options of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Options {
    pub(crate) json: bool,
    /// Where the page is served, if it is.
    pub(crate) page: Option<SocketAddr>,
}

/// The reasons to print a text and run nothing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    Help,
    Unknown(String),
    NotAnAddress(String),
}

impl Options {
    pub(crate) fn from_arguments(arguments: impl Iterator<Item = String>) -> Result<Self, Stop> {
        let mut options = Self::default();
        for argument in arguments {
            match argument.as_str() {
                "--json" => options.json = true,
                "--page" => options.page = Some(PAGE),
                "--help" | "-h" => return Err(Stop::Help),
                _ => options.page = Some(page_address(&argument)?),
            }
        }
        Ok(options)
    }
}

/// The address of `--page=ADDRESS`.
fn page_address(argument: &str) -> Result<SocketAddr, Stop> {
    let address = argument
        .strip_prefix("--page=")
        .ok_or_else(|| Stop::Unknown(argument.to_owned()))?;
    address
        .parse()
        .map_err(|_| Stop::NotAnAddress(address.to_owned()))
}

impl Stop {
    pub(crate) fn print(self) -> ExitCode {
        match self {
            Self::Help => {
                print!("{HELP}");
                ExitCode::SUCCESS
            }
            Self::Unknown(argument) => {
                eprintln!("orders: unknown option `{argument}`; there are --json, --page and --help");
                ExitCode::from(2)
            }
            Self::NotAnAddress(text) => {
                eprintln!("orders: `{text}` is not an address; write --page=127.0.0.1:9090");
                ExitCode::from(2)
            }
        }
    }
}
