//! Five order services with a real `redis-server`, and every failure in turn.
//!
//! `cargo test -p fusebox-examples --features redis --test fleet_failures` prints a row with its
//! figure for each failure. Without a `redis-server` on this machine, it is skipped with a line.

#[path = "fleet_failures/clock.rs"]
mod clock;
#[path = "../examples/fleet/inventory.rs"]
mod inventory;
#[path = "../examples/fleet/line.rs"]
mod line;
#[path = "../examples/fleet/order_service.rs"]
mod order_service;
#[path = "../examples/fleet/process.rs"]
mod process;
#[path = "fleet_failures/proxy.rs"]
mod proxy;
#[path = "../../runtime/src/fleet/tests/redis_server.rs"]
mod redis_server;
#[path = "fleet_failures/row.rs"]
mod row;
#[path = "fleet_failures/rows.rs"]
mod rows;
#[path = "fleet_failures/stage.rs"]
mod stage;

use std::{process::ExitCode, time::Instant};

use redis_server::RedisServer;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((first, rest)) if first == process::ARGUMENT => return process::run(rest).await,
        // A test runner lists the tests of every target.
        Some((first, _)) if first == "--list" => {
            println!("fleet_failures: test");
            return ExitCode::SUCCESS;
        }
        _ => {}
    }
    let Some(server) = RedisServer::start(&[]) else {
        return ExitCode::SUCCESS;
    };
    let start = Instant::now();
    rows::run(server).await;
    println!("all rows in {:.0?}", start.elapsed());
    ExitCode::SUCCESS
}
