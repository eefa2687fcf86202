//! The cascade: one slow database, five services, with and without breakers.
//!
//! ```text
//! browser → Feed ─┬→ Recommendation ─────────────→ Profile → database
//!                 └→ Trending → Post ────────────→ Profile
//! ```
//!
//! `cargo run --example feed [feed.svg]` loads the feed at a fixed rate for eleven seconds, of
//! which the database is slow for five: once without breakers and once with. It prints both runs,
//! draws them, and exits with 1 unless the one collapsed and the other held.

mod chart;
mod load;
mod peer;
mod recording;
mod report;
mod scenario;
mod services;

use std::{error::Error, process::ExitCode};

use scenario::Protection;

type Anyhow = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let picture = std::env::args().nth(1).unwrap_or_else(|| "feed.svg".into());
    match show(&picture).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("feed: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn show(picture: &str) -> Result<bool, Anyhow> {
    // Without breakers thousands of connections pile up, which is the point; the default of many
    // systems is 1024 or less.
    let _ = rlimit::increase_nofile_limit(16_384);
    let without = scenario::run(Protection::Nothing).await?;
    let with = scenario::run(Protection::Breakers).await?;
    report::side_by_side(&without, &with);
    chart::draw(picture, &without, &with)?;
    println!("\nthe picture is in {picture}");
    Ok(report::judge(&without, &with))
}
