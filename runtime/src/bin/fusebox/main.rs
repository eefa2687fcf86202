//! The command line of operators.

mod arguments;
mod check;
mod duration;
mod explain;
mod failure;
mod fleet;
mod http;
mod instance;
mod names;
mod output;
mod overview;
mod secret;
mod target;
mod tls;

use std::process::ExitCode;

use clap::Parser;

use crate::{
    arguments::Arguments,
    output::{Output, printable},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let output = Output::new(arguments.json);
    match target::run(&arguments, &output).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("fusebox: {}", printable(&failure.to_string()));
            failure.exit_code()
        }
    }
}
