//! A Redis server of its own on a free port, for one test.
//!
//! The tests of the command line and the example `fleet` include this file by its path, so it uses
//! only std.

#![allow(dead_code, reason = "each crate that includes this file uses a part of it")]

use std::{
    io::{self, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A server process; killed when dropped.
pub(crate) struct RedisServer {
    child: Child,
    port: u16,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
}

impl RedisServer {
    /// Starts a server; `None`, with a visible line, if there is no
    /// `redis-server` on this machine.
    pub(crate) fn start(arguments: &[&str]) -> Option<Self> {
        Self::start_on(free_port(), arguments)
    }

    /// The same, with a port from [`free_port`]. Arguments may name it again.
    pub(crate) fn start_on(port: u16, arguments: &[&str]) -> Option<Self> {
        let server = Self::try_start(port, arguments, Vec::new());
        server
            .inspect_err(|error| {
                // Not `println!`: the test harness would hide it.
                let _ = writeln!(io::stderr(), "skipped: redis-server cannot be started: {error}");
            })
            .ok()
    }

    /// Starts an empty server that keeps nothing on disk.
    ///
    /// `environment`: variables for the process.
    pub(crate) fn try_start(
        port: u16,
        arguments: &[&str],
        environment: Vec<(String, String)>,
    ) -> io::Result<Self> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let server = Self {
            child: spawn(port, &arguments, &environment)?,
            port,
            arguments,
            environment,
        };
        server.wait_until_ready()?;
        Ok(server)
    }

    pub(crate) fn is_installed() -> bool {
        let version = Command::new("redis-server").arg("--version").output();
        version.is_ok_and(|output| output.status.success())
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// Like `kill -9`.
    pub(crate) fn kill(&mut self) {
        // An error: it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts an empty server on the same port.
    pub(crate) fn start_again(&mut self) {
        self.child = spawn(self.port, &self.arguments, &self.environment).expect("it started before");
        self.wait_until_ready().expect("it was ready before");
    }

    /// Sends a signal, such as `-STOP`.
    ///
    /// That one stops the process without ending its connections.
    pub(crate) fn signal(&self, signal: &str) {
        send_signal(self.child.id(), signal);
    }

    fn wait_until_ready(&self) -> io::Result<()> {
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            if start.elapsed() > Duration::from_secs(10) {
                return Err(io::Error::other("redis-server does not listen"));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

/// Sends a signal to one process.
pub(crate) fn send_signal(id: u32, signal: &str) {
    let status = Command::new("kill").args([signal, &id.to_string()]).status();
    assert!(status.expect("kill exists").success());
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

fn spawn(port: u16, arguments: &[String], environment: &[(String, String)]) -> io::Result<Child> {
    let variables = environment.iter().map(|(name, value)| (name, value));
    Command::new("redis-server")
        .envs(variables)
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args(["--save", "", "--appendonly", "no", "--dir"])
        .arg(std::env::temp_dir())
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

/// A port that no program has bound.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it is bound").port()
}
