//! A real Redis server on a free port, for one test.

use std::{
    io::Write,
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::fleet::Store;

/// A server process; killed when dropped.
pub(crate) struct RedisServer {
    child: Child,
    port: u16,
    arguments: Vec<String>,
}

impl RedisServer {
    /// Starts a server; `None`, with a visible line, if this machine has no
    /// `redis-server`.
    pub(crate) fn start(arguments: &[&str]) -> Option<Self> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let port = free_port();
        match spawn(port, &arguments) {
            Ok(child) => Some(
                Self {
                    child,
                    port,
                    arguments,
                }
                .ready(),
            ),
            Err(error) => {
                // Not `println!`: the test harness would hide it.
                let _ = writeln!(
                    std::io::stderr(),
                    "skipped: redis-server cannot be started: {error}"
                );
                None
            }
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(crate) fn store(&self) -> Store {
        Store::redis(&self.url()).expect("the URL is right")
    }

    /// Runs one command as an operator would with `redis-cli`.
    pub(crate) fn run(&self, words: &[&str]) -> redis::Value {
        let client = redis::Client::open(self.url()).expect("the URL is right");
        let mut connection = client.get_connection().expect("the server runs");
        let mut command = redis::cmd(words[0]);
        for word in &words[1..] {
            command.arg(*word);
        }
        command.query(&mut connection).expect("the command is right")
    }

    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    pub(crate) fn start_again(&mut self) {
        self.child = spawn(self.port, &self.arguments).expect("it started before");
        self.wait_until_ready();
    }

    /// Stops the process without ending its connections.
    pub(crate) fn signal(&self, signal: &str) {
        let status = Command::new("kill")
            .arg(signal)
            .arg(self.child.id().to_string())
            .status();
        assert!(status.expect("kill exists").success());
    }

    fn ready(self) -> Self {
        self.wait_until_ready();
        self
    }

    fn wait_until_ready(&self) {
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(
                start.elapsed() < Duration::from_secs(10),
                "redis-server does not listen"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

fn spawn(port: u16, arguments: &[String]) -> std::io::Result<Child> {
    Command::new("redis-server")
        .args([
            "--port",
            &port.to_string(),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ])
        .arg("--dir")
        .arg(std::env::temp_dir())
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it is bound").port()
}
