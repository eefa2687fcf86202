//! The example of the front page, word for word, with what it needs around it.

use fusebox::{Rejected, State, circuit_breaker, testing::Isolated, testing::ManualClock};

type UserId = u64;

#[derive(Debug, Clone, PartialEq)]
struct Order(&'static str);

#[derive(Debug, PartialEq)]
enum OrderError {
    Down,
    Refused(Rejected),
}

impl From<Rejected> for OrderError {
    fn from(rejected: Rejected) -> Self {
        Self::Refused(rejected)
    }
}

#[circuit_breaker(threshold = 5, cooldown = "10s", fallback = "cached_orders")]
async fn fetch_orders(user: UserId) -> Result<Vec<Order>, OrderError> {
    if user == 0 {
        Err(OrderError::Down)
    } else {
        Ok(vec![Order("fresh")])
    }
}

async fn cached_orders(user: UserId) -> Result<Vec<Order>, OrderError> {
    assert!(user < 10);
    Ok(vec![Order("cached")])
}

#[tokio::test]
async fn trips_falls_back_and_recovers() {
    let clock = ManualClock::new();
    let isolated = Isolated::with_clock(clock.clone());
    let life = async {
        assert_eq!(fetch_orders(1).await, Ok(vec![Order("fresh")]));
        for _ in 0..5 {
            assert_eq!(
                fetch_orders(0).await,
                Err(OrderError::Down),
                "its own error, also for the one that trips"
            );
        }
        assert_eq!(fetch_orders(1).await, Ok(vec![Order("cached")]));
        clock.advance(std::time::Duration::from_secs(10));
        assert_eq!(fetch_orders(1).await, Ok(vec![Order("fresh")]), "the trial call");
        assert_eq!(fetch_orders(1).await, Ok(vec![Order("fresh")]));
    };
    isolated.run(life).await;

    let name = concat!(module_path!(), "::fetch_orders");
    let breaker = isolated
        .registry()
        .get(name)
        .expect("named after its module and function");
    assert_eq!(breaker.state(), State::Closed);
    let totals = breaker.snapshot().totals;
    assert_eq!(
        (
            totals.successes,
            totals.failures,
            totals.rejected,
            totals.fallback_ok
        ),
        (3, 5, 1, 1)
    );
    assert!(
        fusebox::Registry::global()
            .into_iter()
            .all(|breaker| breaker.name() != name),
        "the global registry was not used"
    );
}

#[circuit_breaker]
async fn all_defaults(fail: bool) -> Result<u8, OrderError> {
    if fail { Err(OrderError::Down) } else { Ok(1) }
}

#[tokio::test]
async fn without_arguments_it_trips_at_5_and_returns_the_rejection() {
    fusebox::testing::isolated(async {
        for _ in 0..5 {
            assert_eq!(all_defaults(true).await, Err(OrderError::Down));
        }
        let Err(OrderError::Refused(rejected)) = all_defaults(false).await else {
            panic!("it is open")
        };
        assert_eq!(rejected.state(), State::Open);
        assert!(rejected.name().ends_with("card::all_defaults"));
    })
    .await;
}
