//! A gRPC client and server: tonic.
//!
//! `cargo run -p fusebox-integrations --bin grpc`

mod inventory;

use std::{
    error::Error,
    sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed},
    time::Duration,
};

use fusebox::{CircuitBreaker, Rejected, Threshold, tower::CircuitBreakerLayer};
use tokio::{net::TcpListener, time::sleep};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{
    Code, Request, Response, Status,
    transport::{Channel, Server},
};
use tower::ServiceBuilder;

use inventory::stock;
use shop::{
    inventory_client::InventoryClient,
    inventory_server::{Inventory, InventoryServer},
};

/// Generated code, see `build.rs`.
mod shop {
    #![allow(clippy::pedantic, unreachable_pub)]
    tonic::include_proto!("shop.Inventory");
}

#[derive(Clone, PartialEq, prost::Message)]
struct Article {
    #[prost(string, tag = "1")]
    name: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Stock {
    #[prost(uint32, tag = "1")]
    pieces: u32,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let inventory = InventoryClient::new(serve().await?);

    println!("The inventory is healthy.");
    assert_eq!(show(stock(&inventory, "lamp").await)?, 7);
    for _ in 0..3 {
        let status = show(stock(&inventory, "unicorn").await).expect_err("there are none");
        assert_eq!(status.code(), Code::NotFound, "an answer, so not a failure");
    }

    println!("It fails. After three failures, the breaker rejects.");
    IS_HEALTHY.store(false, Relaxed);
    for _ in 0..3 {
        let status = show(stock(&inventory, "lamp").await).expect_err("it fails");
        assert!(Rejected::find(&status).is_none());
    }
    let requests = REQUESTS.load(Relaxed);
    let status = show(stock(&inventory, "lamp").await).expect_err("the breaker is open");
    assert!(status.code() == Code::Unavailable && Rejected::find(&status).is_some());
    assert_eq!(REQUESTS.load(Relaxed), requests, "the inventory is left alone");

    println!("It is healthy again. After the cooldown, a trial call closes the breaker.");
    IS_HEALTHY.store(true, Relaxed);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(show(stock(&inventory, "lamp").await)?, 7);

    println!("Another server is dead. A layer on its channel guards all calls through it.");
    let breaker = CircuitBreaker::builder("warehouse")
        .threshold(Threshold::failures(3))
        .build()?;
    // Nothing listens on this port.
    let channel = Channel::from_static("http://127.0.0.1:9").connect_lazy();
    let guarded = ServiceBuilder::new()
        .layer(CircuitBreakerLayer::new(breaker))
        .service(channel);
    let mut warehouse = InventoryClient::new(guarded);
    for attempt in 1..=4 {
        let answer = warehouse.stock(Article::default()).await;
        let status = show(answer.map(|stock| stock.into_inner().pieces)).expect_err("nothing listens");
        assert_eq!(Rejected::find(&status).is_some(), attempt == 4);
    }
    Ok(())
}

fn show(answer: Result<u32, Status>) -> Result<u32, Status> {
    match &answer {
        Ok(pieces) => println!("  {pieces} pieces"),
        Err(status) => println!("  {:?}: {}", status.code(), status.message()),
    }
    answer
}

static IS_HEALTHY: AtomicBool = AtomicBool::new(true);
static REQUESTS: AtomicU32 = AtomicU32::new(0);

/// The other service. It has lamps.
struct Lamps;

#[tonic::async_trait]
impl Inventory for Lamps {
    async fn stock(&self, request: Request<Article>) -> Result<Response<Stock>, Status> {
        REQUESTS.fetch_add(1, Relaxed);
        match request.into_inner().name.as_str() {
            _ if !IS_HEALTHY.load(Relaxed) => Err(Status::internal("the disk is full")),
            "lamp" => Ok(Response::new(Stock { pieces: 7 })),
            name => Err(Status::not_found(format!("there is no {name}"))),
        }
    }
}

/// Serves it on a free port, and returns a channel to it.
async fn serve() -> Result<Channel, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = Server::builder().add_service(InventoryServer::new(Lamps));
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    Ok(Channel::from_shared(format!("http://{address}"))?
        .connect()
        .await?)
}
