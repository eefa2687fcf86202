//! The command line of operators.

mod arguments;
mod check;
mod duration;
mod failure;
mod fleet;
mod http;
mod instance;
mod names;
mod output;
mod secret;
mod target;

use std::process::ExitCode;

use clap::Parser;

use crate::{arguments::Arguments, output::Output};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let output = Output::new(arguments.json);
    match target::run(&arguments, &output).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("fusebox: {failure}");
            failure.exit_code()
        }
    }
}
