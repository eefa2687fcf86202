//! Breakers as OpenTelemetry metrics, through observable instruments.
//!
//! `cargo run --example opentelemetry --features opentelemetry`
//!
//! The SDK calls the instruments when it collects. They read snapshots, so calls pay nothing.
//! A real program replaces the exporter in memory by one that sends OTLP.

mod instruments;
mod print;

use std::{error::Error, io};

use fusebox::{Registry, circuit_breaker};
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};

#[circuit_breaker(threshold = 3, name = "orders", latency = true)]
async fn orders(is_up: bool) -> Result<u32, io::Error> {
    if is_up {
        Ok(7)
    } else {
        Err(io::ErrorKind::ConnectionRefused.into())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let exporter = InMemoryMetricExporter::default();
    let reader = PeriodicReader::builder(exporter.clone()).build();
    let provider = SdkMeterProvider::builder().with_reader(reader).build();
    instruments::observe(&provider.meter("fusebox"), Registry::global());

    println!("two calls succeed");
    for _ in 0..2 {
        orders(true).await?;
    }
    collect(&provider, &exporter)?;

    println!("\nthree calls fail, and two are rejected");
    for _ in 0..5 {
        let _ = orders(false).await;
    }
    collect(&provider, &exporter)?;
    provider.shutdown()?;
    Ok(())
}

/// Collects once, like the reader every minute, and prints the result.
fn collect(provider: &SdkMeterProvider, exporter: &InMemoryMetricExporter) -> Result<(), Box<dyn Error>> {
    exporter.reset();
    provider.force_flush()?;
    for exported in exporter.get_finished_metrics()? {
        print::print(&exported);
    }
    Ok(())
}
