//! An order service, an inventory service, and one annotated function between.
//!
//! `cargo run --example orders` breaks inventory in two ways while real HTTP requests for orders
//! keep coming, prints what the customers see, and checks it. The function is in `shop.rs`.

mod http;
mod inventory;
mod load;
mod notes;
mod options;
mod page;
mod record;
mod report;
mod shop;
mod story;
mod verdict;

use std::{error::Error, process::ExitCode, time::Instant};

use fusebox::Registry;
use tokio::{sync::mpsc, time};

use crate::{
    inventory::Inventory, load::Load, notes::Notes, options::Options, record::Record, report::Report,
    shop::Shop, verdict::Verdict,
};

#[tokio::main]
async fn main() -> ExitCode {
    let options = match Options::from_arguments(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(stop) => return stop.print(),
    };
    let ended = match options.page {
        Some(address) => page::serve(address).await,
        None => run(options).await,
    };
    match ended {
        Ok(verdict) if verdict.is_good() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("orders: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Starts the services, the load and the story.
///
/// Reports until the story is over.
async fn run(options: Options) -> Result<Verdict, Box<dyn Error>> {
    Registry::global().declare_all()?;
    let breaker = Registry::global()
        .get(shop::BREAKER)
        .ok_or("the breaker is not declared")?;

    let (sender, mut received) = mpsc::unbounded_channel();
    let notes = Notes::new(sender, Instant::now());
    let changes = notes.clone();
    let _subscription = breaker.on_event(move |event| changes.event(event));

    let inventory = Inventory::default();
    let inventory_address = inventory.clone().serve().await?;
    let shop_address = Shop::new(inventory_address).serve().await?;

    let report = Report::new(options, &breaker.settings());
    report.begin(shop_address, inventory_address);
    tokio::spawn(Load::new(shop_address, inventory.clone(), breaker.clone(), notes.clone()).run());
    let mut story = tokio::spawn(story::tell(inventory.clone(), notes.clone()));

    let mut record = Record::new(breaker.settings().trial_calls());
    let mut ticks = time::interval_at(time::Instant::now() + story::TICK, story::TICK);
    loop {
        tokio::select! {
            biased;
            Some(note) = received.recv() => {
                report.note(&note);
                record.add(note);
            }
            _ = ticks.tick() => report.tick(&record.tick(notes.elapsed(), &inventory, breaker.state())),
            ended = &mut story => {
                ended?;
                break;
            }
        }
    }
    let verdict = Verdict::of(&record, &inventory, breaker.state());
    report.end(&verdict);
    Ok(verdict)
}
