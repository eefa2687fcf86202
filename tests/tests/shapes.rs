//! first
use fusebox::{Cause, Rejected, TimedOut, circuit_breaker};
#[derive(Debug, Clone, PartialEq)]
enum E { Down, NotFound, Rejected, Late }
impl From<Rejected> for E { fn from(_: Rejected) -> Self { E::Rejected } }
impl From<TimedOut> for E { fn from(_: TimedOut) -> Self { E::Late } }

#[circuit_breaker(threshold = 5, cooldown = "10s", fallback = "cached")]
async fn fetch(id: u64, name: String) -> Result<Vec<u64>, E> {
    if id == 0 { return Err(E::Down); }
    tokio::task::yield_now().await;
    Ok(vec![id, name.len() as u64])
}
async fn cached(_id: u64, _name: String) -> Result<Vec<u64>, E> { Ok(vec![]) }

#[circuit_breaker]
async fn plain(id: u64) -> Result<u64, E> { Ok(id) }

#[circuit_breaker(timeout = "1s", failure = Err(E::Down), failure = Err(E::Late), ignore = Err(E::NotFound) if true)]
async fn timed(id: u64) -> Result<u64, E> { tokio::time::sleep(std::time::Duration::from_secs(id)).await; Ok(id) }

#[circuit_breaker(fallback = |cause| { tokio::task::yield_now().await; match cause { Cause::Failed(e) => { let n = e?; Ok(n) } _ => Ok(name.len() as u64) } }, fallback_on = "failure", timeout = "1s")]
async fn closure(id: u64, name: String) -> Result<u64, E> { if id == 0 { return Err(E::Down) } tokio::time::sleep(std::time::Duration::from_secs(id)).await; Ok(id + name.len() as u64) }

struct S { n: u64 }
impl S {
    #[circuit_breaker(name = "s.m", fallback = Self::other, fallback_on = "failure")]
    async fn m(&mut self, list: &mut Vec<u64>, mut text: String, (a, _b): (u8, u8)) -> Result<u64, E> {
        self.n += 1; list.push(1); text.push('x'); 
        if a == 0 { Err(E::Down) } else { Ok(self.n) }
    }
    async fn other(&mut self, list: &mut Vec<u64>, text: String, (a, _b): (u8, u8)) -> Result<u64, E> { list.push(2); Ok(self.n * 100 + text.len() as u64 + u64::from(a)) }
}
#[tokio::test(start_paused = true)]
async fn works() {
    assert_eq!(fetch(1, "ab".into()).await, Ok(vec![1, 2]));
    assert_eq!(plain(1).await, Ok(1));
    assert_eq!(timed(0).await, Ok(0));
    assert_eq!(timed(3).await, Err(E::Late));
    assert_eq!(closure(0, "abc".into()).await, Err(E::Down));
    assert_eq!(closure(5, "abc".into()).await, Ok(3));
    let mut s = S { n: 0 };
    let mut l = vec![];
    assert_eq!(s.m(&mut l, "abc".into(), (0, 0)).await, Ok(103));
    assert_eq!(l, [1, 2]);
}
