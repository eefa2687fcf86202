//! A Redis server of our own on a free port.

use std::{
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::{certificates::Certificates, skip::skipped};

/// A server process; killed when dropped.
pub(crate) struct RedisServer {
    child: Child,
    port: u16,
}

impl RedisServer {
    /// Starts a server; `None`, with a line, if this machine has no `redis-server`.
    pub(crate) fn start(arguments: &[&str]) -> Option<Self> {
        let port = free_port();
        Self::spawn(port, &[&["--port", &port.to_string()], arguments].concat())
    }

    /// Starts a server that accepts TLS only.
    pub(crate) fn start_encrypted(certificates: &Certificates) -> Option<Self> {
        let port = free_port();
        let (certificate, key) = (certificates.path("server.pem"), certificates.path("server.key"));
        let authority = certificates.path("authority.pem");
        Self::spawn(
            port,
            &[
                "--port",
                "0",
                "--tls-port",
                &port.to_string(),
                "--tls-cert-file",
                &certificate,
                "--tls-key-file",
                &key,
                "--tls-ca-cert-file",
                &authority,
                "--tls-auth-clients",
                "no",
            ],
        )
    }

    fn spawn(port: u16, arguments: &[&str]) -> Option<Self> {
        let spawned = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--save", ""])
            .args(arguments)
            .stdout(Stdio::null())
            .spawn();
        let child = spawned.inspect_err(|error| skipped("redis-server", error)).ok()?;
        let server = Self { child, port };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(start.elapsed() < Duration::from_secs(10), "it does not listen");
            std::thread::sleep(Duration::from_millis(5));
        }
        Some(server)
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it is bound").port()
}
