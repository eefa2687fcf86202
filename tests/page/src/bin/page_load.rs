//! Measures what open pages cost the calls. Run it with `cargo run --release`.
//!
//! One thread calls 10,000 breakers as fast as it can. In turns, no page is open, or 64 are while
//! a scraper reads `/metrics` 10 times a second. The program prints, for each turn, the calls per
//! second of processor time of that thread. Other programs on the machine do not change it.
//! At the end, one client opens the stream and reads nothing.
//!
//! The exit status is 1 if the median of the turns with pages is below 90 % of that without, if
//! memory still grows in the second half, or if the client that reads nothing keeps its connection.

use std::{
    error::Error,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use fusebox::{
    CircuitBreaker, Registry, Threshold,
    dashboard::{Dashboard, Server},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime::Runtime,
    task::JoinSet,
    time::{interval, sleep, timeout},
};

const BREAKERS: usize = 10_000;
const CLIENTS: usize = 64;
const TURNS: usize = 8;
const TURN: Duration = Duration::from_secs(3);
/// How far the median may fall.
const TOLERANCE: f64 = 0.9;
/// How many bytes memory may grow from the middle to the end.
const GROWTH: u64 = 8 << 20;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let registry = Registry::new();
    let breakers = build(&registry)?;
    let calls = Arc::new(AtomicU64::new(0));
    let is_over = Arc::new(AtomicBool::new(false));
    let (sender, started) = mpsc::channel();
    let caller = thread::spawn({
        let (calls, is_over) = (Arc::clone(&calls), Arc::clone(&is_over));
        move || {
            let task = fs::read_link("/proc/thread-self").expect("Linux");
            sender.send(task).expect("the main thread waits");
            call_all(&breakers, &calls, &is_over);
        }
    });
    let calls = Calls {
        made: calls,
        schedule: Path::new("/proc").join(started.recv()?).join("schedstat"),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let server = runtime.block_on(Dashboard::new(&registry).serve("127.0.0.1:0"))?;

    let (mut without, mut with, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..TURNS {
        without.push(calls.rate());
        with.push(with_pages(&runtime, &server, &calls));
        memory.push(resident());
        println!(
            "turn {turn}: {:>12.0} calls/s without a page, {:>12.0} with {CLIENTS}, {} MiB",
            without[turn],
            with[turn],
            memory[turn] >> 20
        );
    }
    let is_dropped = runtime.block_on(is_dropped(server.address()));
    is_over.store(true, Ordering::Relaxed);
    caller.join().expect("the caller does not panic");

    let ratio = median(with) / median(without);
    let growth = memory[TURNS - 1].saturating_sub(memory[TURNS / 2]);
    println!(
        "with pages: {:.1} % of the calls without; memory grew by {} KiB",
        ratio * 100.0,
        growth >> 10
    );
    println!(
        "the client that reads nothing was {}",
        if is_dropped { "dropped" } else { "kept" }
    );
    let is_good = ratio >= TOLERANCE && growth <= GROWTH && is_dropped;
    Ok(if is_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn build(registry: &Registry) -> Result<Vec<CircuitBreaker>, fusebox::ConfigError> {
    let build = |index| {
        let builder = registry.breaker(format!("service-{index:05}"));
        builder.threshold(Threshold::failures(5)).build()
    };
    (0..BREAKERS).map(build).collect()
}

/// Calls each breaker in turn; one call in 16 fails.
fn call_all(breakers: &[CircuitBreaker], calls: &AtomicU64, is_over: &AtomicBool) {
    let mut count = 0_u64;
    while !is_over.load(Ordering::Relaxed) {
        for breaker in breakers {
            count += 1;
            if let Ok(permit) = breaker.try_acquire() {
                if count.is_multiple_of(16) {
                    permit.failure();
                } else {
                    permit.success();
                }
            }
        }
        calls.store(count, Ordering::Relaxed);
    }
}

/// The calls of one thread.
struct Calls {
    made: Arc<AtomicU64>,
    /// Its nanoseconds on a processor are the first number of this file.
    schedule: PathBuf,
}

impl Calls {
    /// Calls per second of processor time, during one turn.
    fn rate(&self) -> f64 {
        let (made, time) = self.so_far();
        thread::sleep(TURN);
        let (made_then, time_then) = self.so_far();
        #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
        let rate = (made_then - made) as f64 * 1e9 / (time_then - time) as f64;
        rate
    }

    fn so_far(&self) -> (u64, u64) {
        let schedule = fs::read_to_string(&self.schedule).expect("the thread runs");
        let time = schedule
            .split_whitespace()
            .next()
            .and_then(|time| time.parse().ok());
        (self.made.load(Ordering::Relaxed), time.expect("a number"))
    }
}

/// The same, while pages are open and a scraper reads.
fn with_pages(runtime: &Runtime, server: &Server, calls: &Calls) -> f64 {
    let address = server.address();
    let mut clients = runtime.block_on(async {
        let mut clients = JoinSet::new();
        for _ in 0..CLIENTS {
            clients.spawn(read_events(address));
        }
        clients.spawn(scrape(address));
        // Every client has its snapshot.
        sleep(Duration::from_secs(2)).await;
        clients
    });
    let rate = calls.rate();
    runtime.block_on(clients.shutdown());
    rate
}

fn get(address: SocketAddr, path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n")
}

/// A page that is open.
async fn read_events(address: SocketAddr) {
    let mut stream = TcpStream::connect(address).await.expect("the page is served");
    let request = get(address, "/api/v1/events");
    stream.write_all(request.as_bytes()).await.expect("it reads");
    let mut buffer = vec![0; 64 << 10];
    while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
    panic!("a client that reads was dropped");
}

/// Reads the metrics 10 times a second.
async fn scrape(address: SocketAddr) {
    let mut beat = interval(Duration::from_millis(100));
    let client = reqwest::Client::new();
    loop {
        beat.tick().await;
        let answer = client.get(format!("http://{address}/metrics")).send().await;
        let text = answer.expect("an answer").bytes().await.expect("a text");
        assert!(
            text.len() > BREAKERS * 1000 && text.ends_with(b"# EOF\n"),
            "the whole text"
        );
    }
}

/// Whether a client that reads nothing loses its connection.
async fn is_dropped(address: SocketAddr) -> bool {
    let mut stream = TcpStream::connect(address).await.expect("the page is served");
    let request = get(address, "/api/v1/events");
    stream.write_all(request.as_bytes()).await.expect("it reads");
    // Its snapshot fills the buffers of the system; a write then waits, and fails after 10 s.
    sleep(Duration::from_secs(20)).await;
    let mut rest = Vec::new();
    let read = timeout(Duration::from_secs(10), stream.read_to_end(&mut rest)).await;
    // At its end, or broken off: what matters is that nothing more comes.
    read.is_ok()
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// Bytes of memory of this process.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) << 10
}
