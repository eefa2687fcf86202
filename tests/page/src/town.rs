//! Breakers with steady traffic, for tests and for the picture of the README.

use std::time::Duration;

use fusebox::{CircuitBreaker, Registry, Settings, Threshold, Window};
use tokio::time::{self, Instant};

/// How often calls are made.
const BEAT: Duration = Duration::from_millis(100);
/// One tide of traffic.
const TIDE: f64 = 97.0;
const FOR_EVER: f64 = f64::INFINITY;

/// One service, its traffic and its health.
#[derive(Debug, Clone, Copy)]
pub struct House {
    name: &'static str,
    /// Calls per second, on average.
    calls: f64,
    /// How many of 1,000 calls fail, while it is well and while it is ill.
    failing: (u64, u64),
    /// From and until which second it is ill.
    ill: &'static [(f64, f64)],
    error: &'static str,
}

/// The services of a shop. `payments` is down at first, and again later.
pub const SHOP: &[House] = &[
    house(
        "payments",
        142.0,
        (2, 1000),
        &[(0.0, 20.0), (168.0, FOR_EVER)],
        "connect error: Connection refused (os error 111)",
    ),
    house(
        "recommendations",
        88.0,
        (5, 800),
        &[(0.0, 55.0), (197.0, FOR_EVER)],
        "503 Service Unavailable",
    ),
    house(
        "search::suggest",
        320.0,
        (20, 260),
        &[(0.0, 80.0), (140.0, FOR_EVER)],
        "deadline of 200ms exceeded",
    ),
    house("search::query", 610.0, (4, 0), &[], "deadline of 200ms exceeded"),
    house("inventory[eu-1]", 94.0, (9, 0), &[], "500 Internal Server Error"),
    house(
        "inventory[eu-2]",
        71.0,
        (9, 620),
        &[(90.0, 130.0)],
        "500 Internal Server Error",
    ),
    house("inventory[us-1]", 118.0, (2, 0), &[], "500 Internal Server Error"),
    house("inventory[us-2]", 77.0, (2, 0), &[], "500 Internal Server Error"),
    house("inventory[ap-1]", 31.0, (4, 0), &[], "500 Internal Server Error"),
    house(
        "inventory[ap-2]",
        28.0,
        (4, 700),
        &[(0.0, FOR_EVER)],
        "connect error: Connection refused (os error 111)",
    ),
    house("orders::create", 46.0, (0, 0), &[], ""),
    house("orders::history", 23.0, (12, 0), &[], "connection reset by peer"),
    house("accounts::login", 12.0, (3, 0), &[], "connection reset by peer"),
    house("accounts::profile", 58.0, (0, 0), &[], ""),
    house("mail", 3.4, (40, 400), &[(60.0, FOR_EVER)], "451 try again later"),
    house("shipping::quote", 8.2, (0, 0), &[], ""),
    house("shipping::label", 1.1, (0, 0), &[], ""),
    house(
        "reviews",
        27.0,
        (70, 300),
        &[(110.0, 230.0)],
        "429 Too Many Requests",
    ),
    house("images", 930.0, (1, 0), &[], "connection reset by peer"),
    house("tax", 19.0, (0, 0), &[], ""),
    house("fraud", 41.0, (20, 0), &[], "deadline of 50ms exceeded"),
    house("loyalty", 0.0, (0, 0), &[], ""),
];

const fn house(
    name: &'static str,
    calls: f64,
    failing: (u64, u64),
    ill: &'static [(f64, f64)],
    error: &'static str,
) -> House {
    House {
        name,
        calls,
        failing,
        ill,
        error,
    }
}

/// Makes the breakers of these services: `inventory[eu-1]` is one of the group
/// `inventory`.
///
/// # Panics
/// If a name is taken with other settings.
pub fn build(registry: &Registry, houses: &[House]) -> Vec<(CircuitBreaker, House)> {
    let settings = Settings::default()
        .with_threshold(Threshold::rate(0.5))
        .with_window(Window::time(Duration::from_secs(10)))
        .with_cooldown(Duration::from_secs(30));
    let breaker = |house: &House| {
        let key = house.name.strip_suffix(']').and_then(|name| name.split_once('['));
        let breaker = match key {
            None => registry.breaker(house.name).settings(settings).build(),
            Some((group, key)) => {
                let group = registry.keyed(group).settings(settings).max_keys(20).build();
                group.map(|group| group.get(key))
            }
        };
        (breaker.expect("a new name"), *house)
    };
    houses.iter().map(breaker).collect()
}

/// Calls them for ever.
pub async fn live(town: Vec<(CircuitBreaker, House)>) {
    let start = Instant::now();
    let mut beat = time::interval(BEAT);
    let mut due = vec![0.0; town.len()];
    let mut chance = 1;
    loop {
        beat.tick().await;
        let second = start.elapsed().as_secs_f64();
        for ((breaker, house), due) in town.iter().zip(&mut due) {
            *due += house.calls_per_second(second) * BEAT.as_secs_f64();
            while *due >= 1.0 {
                *due -= 1.0;
                chance = next(chance);
                call(breaker, house, chance % 1000 < house.failing_at(second));
            }
        }
    }
}

impl House {
    /// Traffic comes and goes, for each service at another time.
    fn calls_per_second(&self, second: f64) -> f64 {
        let phase = (second / TIDE + self.calls.fract() + self.calls / 100.0) * std::f64::consts::TAU;
        self.calls * (1.0 + 0.3 * phase.sin())
    }

    fn failing_at(&self, second: f64) -> u64 {
        let is_ill = self
            .ill
            .iter()
            .any(|(from, until)| (*from..*until).contains(&second));
        if is_ill { self.failing.1 } else { self.failing.0 }
    }
}

fn call(breaker: &CircuitBreaker, house: &House, is_failing: bool) {
    match breaker.try_acquire() {
        Ok(permit) if is_failing => permit.failure_with(house.error),
        Ok(permit) => permit.success(),
        Err(_) => {}
    }
}

/// A step of Lehmer's generator: the same life in every run.
const fn next(chance: u64) -> u64 {
    chance * 48_271 % 2_147_483_647
}
