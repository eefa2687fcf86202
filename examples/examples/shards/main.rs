//! Forty shards behind one annotated function, and settings that change.
//!
//! `cargo run --example shards -- --config examples/shards.toml [--picture shards.svg]` queries all
//! shards for eight seconds. A rack crashes, two shards hang, two return errors for most queries.
//! Meanwhile the program edits a copy of the settings: a shorter cooldown, a mistake, a shard that
//! is forced open for maintenance. It draws what happened, and exits with 1 unless all claims hold.

mod chart;
mod claims;
mod cluster;
mod load;
mod options;
mod query;
mod recording;
mod settings_file;
mod shard;
mod story;

use std::{error::Error, process::ExitCode};

use options::Options;

type Anyhow = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let options = match Options::from_arguments(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(usage) => {
            eprintln!("{usage}");
            return ExitCode::from(2);
        }
    };
    match run(&options).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("shards: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> Result<bool, Anyhow> {
    let recording = story::play(&options.config).await?;
    chart::draw(&options.picture, &recording)?;
    println!("\nthe picture is in {}", options.picture.display());
    Ok(claims::judge(&recording))
}
