//! A Redis server of our own on a free port.

use std::{
    io,
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A server process; killed when dropped.
pub(crate) struct RedisServer {
    child: Child,
    port: u16,
    environment: Vec<(String, String)>,
}

impl RedisServer {
    /// Starts an empty server that keeps nothing on disk.
    pub(crate) fn start() -> io::Result<Self> {
        Self::start_with(Vec::new())
    }

    /// The same, with these variables in its environment.
    pub(crate) fn start_with(environment: Vec<(String, String)>) -> io::Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let server = Self {
            child: spawn(port, &environment)?,
            port,
            environment,
        };
        server.wait_until_ready()?;
        Ok(server)
    }

    #[allow(dead_code, reason = "the tests of failures start one in any case")]
    pub(crate) fn is_installed() -> bool {
        let version = Command::new("redis-server").arg("--version").output();
        version.is_ok_and(|output| output.status.success())
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    #[allow(dead_code, reason = "the tests of failures need it")]
    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    #[allow(dead_code, reason = "the tests of failures need it")]
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Like `kill -9`.
    pub(crate) fn kill(&mut self) {
        // An error: it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts an empty server on the same port.
    #[allow(dead_code, reason = "the tests of failures need it")]
    pub(crate) fn start_again(&mut self) -> io::Result<()> {
        self.child = spawn(self.port, &self.environment)?;
        self.wait_until_ready()
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

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

fn spawn(port: u16, environment: &[(String, String)]) -> io::Result<Child> {
    let variables = environment.iter().map(|(name, value)| (name, value));
    Command::new("redis-server")
        .envs(variables)
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args(["--save", "", "--appendonly", "no", "--dir"])
        .arg(std::env::temp_dir())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}
