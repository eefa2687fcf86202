//! `https://` and `rediss://`, with a certificate authority of our own.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::Command,
    sync::Arc,
    time::Duration,
};

use fusebox::{
    Registry,
    dashboard::Dashboard,
    fleet::{Fleet, FleetOptions, Store},
};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use super::{
    certificates::Certificates,
    program::Program,
    redis_server::{RedisServer, free_port},
};

/// The variable with the URL, in the process of a member.
const MEMBER_OF: &str = "FUSEBOX_TEST_MEMBER_OF";

/// Ends TLS in front of a page, as an ingress does.
fn encrypted(page: SocketAddr, certificates: &Certificates) -> SocketAddr {
    let certificate = CertificateDer::from_pem_slice(&certificates.read("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(&certificates.read("server.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let connection = ServerConnection::new(config.clone()).unwrap();
            // An error: the client refuses the certificate.
            let _ = forward(StreamOwned::new(connection, stream), page);
        }
    });
    address
}

/// One request, and its whole answer.
fn forward(mut client: StreamOwned<ServerConnection, TcpStream>, page: SocketAddr) -> std::io::Result<()> {
    client.sock.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut request = vec![0; 16 * 1024];
    let read = client.read(&mut request)?;
    let mut server = TcpStream::connect(page)?;
    server.write_all(&request[..read])?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    client.write_all(&answer)?;
    client.conn.send_close_notify();
    client.flush()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_reached_through_https() {
    let Some(certificates) = Certificates::make("https") else {
        return;
    };
    let registry = Registry::new();
    registry.breaker("payments").build().unwrap();
    let page = Dashboard::new(&registry)
        .allow_host("localhost")
        .serve("127.0.0.1:0")
        .await
        .unwrap();
    let port = encrypted(page.address(), &certificates).port();
    let program = Program::at(&format!("https://localhost:{port}"));
    let trusting = program
        .clone()
        .with("SSL_CERT_FILE", &certificates.path("authority.pem"));
    assert_eq!(trusting.json(&["list"])["breakers"][0]["name"], "payments");
    assert!(
        trusting
            .text(&["explain", "payments"])
            .contains("payments is closed")
    );

    let message = program.fails(3, &["list"]);
    assert!(
        message.contains("invalid peer certificate: UnknownIssuer"),
        "{message}"
    );
    assert!(message.contains("SSL_CERT_FILE"), "{message}");
    let other_name = Program::at(&format!("https://127.0.0.2:{port}"))
        .with("SSL_CERT_FILE", &certificates.path("authority.pem"));
    // The listener is on 127.0.0.1 only.
    assert!(other_name.fails(3, &["list"]).contains("cannot be reached"));
    let plain = Program::at(&format!("https://127.0.0.1:{}", page.address().port()))
        .with("SSL_CERT_FILE", &certificates.path("authority.pem"));
    let message = plain.fails(3, &["list"]);
    assert!(message.contains("is it `http://`?"), "{message}");
    let none = program.with("SSL_CERT_FILE", "/no/such/file");
    let message = none.fails(3, &["list"]);
    assert!(message.contains("/no/such/file"), "{message}");
}

/// Starts a Redis server that accepts TLS only.
fn encrypted_server(certificates: &Certificates) -> Option<RedisServer> {
    let port = free_port();
    let authority = certificates.path("authority.pem");
    RedisServer::start_on(
        port,
        &[
            "--port",
            "0",
            "--tls-port",
            &port.to_string(),
            "--tls-cert-file",
            &certificates.path("server.pem"),
            "--tls-key-file",
            &certificates.path("server.key"),
            "--tls-ca-cert-file",
            &authority,
            "--tls-auth-clients",
            "no",
        ],
    )
}

#[test]
fn a_fleet_is_reached_through_tls() {
    let Some(certificates) = Certificates::make("rediss") else {
        return;
    };
    let Some(server) = encrypted_server(&certificates) else {
        return;
    };
    let authority = certificates.path("authority.pem");
    let url = format!("rediss://localhost:{}", server.port());
    let program = Program::of_fleet(&url).with("SSL_CERT_FILE", &authority);
    program.json(&["force", "open", "payments", "--reason", "drill"]);
    assert_eq!(
        program.json(&["list"])["breakers"][0]["forced"]["reason"],
        "drill"
    );

    let message = Program::of_fleet(&url).fails(3, &["list"]);
    assert!(message.contains("its certificate is refused"), "{message}");
    assert!(message.contains("SSL_CERT_FILE"), "{message}");
    let plain = Program::of_fleet(&format!("redis://localhost:{}", server.port()));
    let message = plain.fails(3, &["list"]);
    assert!(message.contains("rediss://"), "{message}");

    let member = Command::new(std::env::current_exe().unwrap())
        .args(["encryption::a_member_joins_through_tls", "--exact", "--nocapture"])
        .env(MEMBER_OF, &url)
        .env("SSL_CERT_FILE", &authority)
        .output()
        .unwrap();
    let text = super::program::text(&member);
    assert!(
        member.status.success() && text.contains("the member is up"),
        "{text}"
    );
}

/// Runs in a process of its own.
///
/// A process reads its certificate authorities from the environment.
#[tokio::test]
async fn a_member_joins_through_tls() {
    let Ok(url) = std::env::var(MEMBER_OF) else {
        return;
    };
    let registry = Registry::new();
    let breaker = registry.breaker("payments").build().unwrap();
    let options = FleetOptions::new("orders").instance("pod-1");
    let fleet = Fleet::join(&registry, &Store::redis(&url).unwrap(), options).unwrap();
    let joined = tokio::time::timeout(Duration::from_secs(10), fleet.joined()).await;
    joined.expect("the store answers");
    super::fleet::until(&breaker, fusebox::State::ForcedOpen).await;
    println!("the member is up");
}
