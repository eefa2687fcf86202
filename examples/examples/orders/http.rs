//! The little HTTP that both services and the load need.

use std::{
    future::IntoFuture,
    io,
    net::{Ipv4Addr, SocketAddr},
};

use axum::{Router, body::Body, http::Uri};
use hyper_util::{
    client::legacy::{self, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::net::TcpListener;

/// A client that keeps its connections.
pub(crate) type Client = legacy::Client<HttpConnector, Body>;

pub(crate) fn client() -> Client {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    legacy::Client::builder(TokioExecutor::new()).build(connector)
}

/// Serves on loopback, on a port that the system chooses.
pub(crate) async fn serve(router: Router) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(axum::serve(listener, router).into_future());
    Ok(address)
}

/// `http://address/folder/item`
pub(crate) fn url(address: SocketAddr, folder: &str, item: &str) -> Result<Uri, axum::http::Error> {
    Uri::builder()
        .scheme("http")
        .authority(address.to_string())
        .path_and_query(format!("/{folder}/{item}"))
        .build()
}
