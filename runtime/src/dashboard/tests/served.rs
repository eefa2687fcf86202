//! The page on a port of its own.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use super::{orders, token};
use crate::{
    dashboard::{Dashboard, ServeError},
    registry::Registry,
};

/// Sends this text over a connection of its own and reads all of the answer.
async fn exchange(address: std::net::SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = timeout(Duration::from_secs(5), stream.read_to_end(&mut answer));
    read.await.expect("an answer within 5 s").unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn it_is_served_until_the_server_is_dropped() {
    let (registry, _) = orders();
    let server = Dashboard::new(&registry).serve("127.0.0.1:0").await.unwrap();
    let address = server.address();
    let request = format!("GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    assert!(exchange(address, &request).await.starts_with("HTTP/1.1 200 OK"));
    drop(server);
    let closed = async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(5), closed)
        .await
        .expect("the port is closed");
}

#[tokio::test]
async fn it_can_be_nested_in_axum() {
    let (registry, _) = orders();
    let page = Dashboard::new(&registry).at("/fusebox");
    let router = axum::Router::new().nest_service("/fusebox", page);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    for (path, part) in [
        ("/fusebox", "<base href=\"/fusebox/\">"),
        ("/fusebox/", "<base href=\"/fusebox/\">"),
        ("/fusebox/main.js", "import { Circles }"),
        ("/fusebox/api/v1/breakers/orders", "\"state\":\"closed\""),
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        let answer = exchange(address, &request).await;
        assert!(
            answer.starts_with("HTTP/1.1 200 OK") && answer.contains(part),
            "{path}: {answer}"
        );
    }
    server.abort();
}

#[tokio::test]
async fn an_address_that_cannot_be_served_is_an_error_at_start() {
    let page = || Dashboard::new(&Registry::new());
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap();
    let error = page().serve(address.to_string()).await.unwrap_err();
    assert!(
        matches!(error, ServeError::Bind { .. }) && error.to_string().contains(&address.to_string()),
        "{error}"
    );

    for wrong in ["9090", "localhost", "127.0.0.1:99999", "no such host:1", ""] {
        let error = page().serve(wrong).await.unwrap_err();
        assert!(matches!(error, ServeError::Address { .. }), "{wrong}: {error}");
        assert!(error.to_string().contains("127.0.0.1:9090"), "{error}");
    }
}

#[tokio::test]
async fn an_address_that_other_machines_reach_needs_a_token() {
    let page = Dashboard::new(&Registry::new());
    for address in ["0.0.0.0:0", "[::]:0"] {
        let error = page.clone().serve(address).await.unwrap_err();
        assert!(matches!(error, ServeError::NoToken { .. }), "{error}");
        assert!(error.to_string().contains("Dashboard::require_token"), "{error}");
    }
    let commands = page.clone().allow_commands(token()).serve("0.0.0.0:0").await;
    assert!(
        matches!(commands, Err(ServeError::NoToken { .. })),
        "commands alone hide nothing"
    );
    let server = page.require_token(token()).serve("0.0.0.0:0").await.unwrap();
    let at = std::net::SocketAddr::from(([127, 0, 0, 1], server.address().port()));
    let request = format!("GET /api/v1/breakers HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n");
    assert!(exchange(at, &request).await.starts_with("HTTP/1.1 401"));
}

#[tokio::test]
async fn a_megabyte_is_answered_and_not_cut_off() {
    let (registry, breaker) = orders();
    let server = Dashboard::new(&registry)
        .allow_commands(token())
        .serve("127.0.0.1:0")
        .await
        .unwrap();
    let address = server.address();
    let head = format!(
        "POST /api/v1/breakers/orders/commands HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: 1048576\r\n\r\n",
        super::SECRET
    );
    let answer = exchange(address, &(head + &"x".repeat(1 << 20))).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert_eq!(breaker.generation(), 0);
}

#[tokio::test]
async fn a_connection_whose_client_reads_nothing_is_closed() {
    use crate::dashboard::stall::Stall;

    tokio::time::pause();
    let (near, _far) = tokio::io::duplex(64);
    let mut stream = Stall::new(near);
    let error = stream.write_all(&[0; 65]).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
}

#[tokio::test]
async fn a_slow_client_that_reads_keeps_its_connection() {
    use crate::dashboard::stall::Stall;

    tokio::time::pause();
    let (near, mut far) = tokio::io::duplex(1);
    let mut stream = Stall::new(near);
    let write = stream.write_all(&[0; 10]);
    let read = async {
        let mut byte = [0];
        for _ in 0..10 {
            tokio::time::sleep(Duration::from_secs(9)).await;
            far.read_exact(&mut byte).await.unwrap();
        }
    };
    let (written, ()) = tokio::join!(write, read);
    written.unwrap();
}
