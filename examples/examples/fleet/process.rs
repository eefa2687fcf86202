//! An order service as a process: this executable again, with other arguments.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::SocketAddr,
    process::{Child, Command, ExitCode, Stdio},
    thread,
    time::Duration,
};

use fusebox::fleet::Store;
use tokio::sync::mpsc::UnboundedSender;

use crate::{line::Line, order_service::OrderService};

/// The first argument of such a process.
pub(crate) const ARGUMENT: &str = "--order-service";

/// A running order service; killed when dropped.
pub(crate) struct Process {
    child: Child,
}

impl Process {
    /// Starts one. `url`: the store, or `-`. Its reports go to `lines`.
    pub(crate) fn start(
        environment: &[(String, String)],
        name: &str,
        inventory: SocketAddr,
        url: &str,
        pause: Duration,
        lines: UnboundedSender<(String, Line)>,
    ) -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args([
                ARGUMENT,
                name,
                &inventory.to_string(),
                url,
                &pause.as_millis().to_string(),
            ])
            .envs(environment.iter().map(|(variable, value)| (variable, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().expect("it is piped");
        let from = name.to_owned();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                // A line that cannot be parsed is a mistake of the example itself.
                let line = line.parse().expect("an order service writes lines");
                if lines.send((from.clone(), line)).is_err() {
                    return;
                }
            }
        });
        Ok(Self { child })
    }

    #[allow(dead_code, reason = "the tests of failures need it")]
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // An error: it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the order service of these arguments, in this process.
pub(crate) async fn run(arguments: &[String]) -> ExitCode {
    // The process that started this one has ended.
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let service = match service(arguments) {
        Ok(service) => service,
        Err(error) => {
            eprintln!("{ARGUMENT}: {error}");
            return ExitCode::from(2);
        }
    };
    let report = |line: Line| {
        let mut output = io::stdout().lock();
        if writeln!(output, "{line}").and_then(|()| output.flush()).is_err() {
            std::process::exit(0);
        }
    };
    match service.run(report).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{ARGUMENT}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn service(arguments: &[String]) -> Result<OrderService, String> {
    let [name, inventory, url, pause] = arguments else {
        return Err(format!("expected four arguments, got {}", arguments.len()));
    };
    let store = match url.as_str() {
        "-" => None,
        url => Some(store(url)?),
    };
    Ok(OrderService {
        name: name.clone(),
        inventory: inventory
            .parse()
            .map_err(|_| "the address of the inventory is wrong")?,
        store,
        pause: Duration::from_millis(pause.parse().map_err(|_| "the pause is wrong")?),
    })
}

#[cfg(feature = "redis")]
fn store(url: &str) -> Result<Store, String> {
    Store::redis(url).map_err(|error| error.to_string())
}

#[cfg(not(feature = "redis"))]
fn store(url: &str) -> Result<Store, String> {
    Err(format!("the store `{url}` needs the feature `redis`"))
}
