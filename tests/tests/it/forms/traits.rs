//! Methods of traits, with `#[async_trait]` and without.
#![deny(warnings)]
#![allow(clippy::unused_async)]

use std::future::Future;

use fusebox::circuit_breaker;
use fusebox_tests::by_hand::assert_send;
use fusebox_tests::called::open;
use fusebox_tests::error::Error;

#[async_trait::async_trait]
trait Store {
    async fn load(&self, id: u64) -> Result<u64, Error>;

    #[circuit_breaker(name = "trait.default", fallback = |_| Ok(id))]
    async fn load_twice(&self, id: u64) -> Result<u64, Error> {
        Ok(self.load(id).await? + self.load(id).await?)
    }
}

struct Memory(u64);

#[async_trait::async_trait]
impl Store for Memory {
    #[circuit_breaker(name = "trait.load", fallback = Self::load_else, fallback_on = "failure", timeout = "1m")]
    async fn load(&self, id: u64) -> Result<u64, Error> {
        tokio::task::yield_now().await;
        if id == 0 {
            return Err(Error::Down);
        }
        Ok(self.0 + id)
    }
}

impl Memory {
    async fn load_else(&self, id: u64) -> Result<u64, Error> {
        Ok(1_000 + self.0 + id)
    }
}

trait Native {
    #[circuit_breaker(name = "trait.plain")]
    async fn answer(&self) -> Result<u64, Error> {
        Ok(42)
    }
}

impl Native for Memory {}

/// Methods that say what they return, with a body of their own and without.
trait Named {
    #[circuit_breaker(name = "trait.named", fallback = |_| Ok(0))]
    fn twice(&self, id: u64) -> impl Future<Output = Result<u64, Error>> + Send
    where
        Self: Sync,
    {
        async move { Ok(self.once(id).await? * 2) }
    }

    fn once(&self, id: u64) -> impl Future<Output = Result<u64, Error>> + Send;
}

impl Named for Memory {
    #[circuit_breaker(name = "trait.implemented")]
    async fn once(&self, id: u64) -> Result<u64, Error> {
        Ok(self.0 + id)
    }
}

#[tokio::test]
async fn methods_of_traits_are_guarded() {
    let memory = Memory(10);
    assert_eq!(memory.load(1).await, Ok(11));
    assert_eq!(memory.load(0).await, Ok(1_010));
    assert_eq!(memory.load_twice(1).await, Ok(22));
    open("trait.default");
    assert_eq!(memory.load_twice(1).await, Ok(1));
    assert_eq!(memory.answer().await, Ok(42));
    assert_eq!(assert_send(memory.twice(1)).await, Ok(22));
    open("trait.implemented");
    assert_eq!(memory.twice(1).await, Err(Error::Rejected));
    open("trait.named");
    assert_eq!(memory.twice(1).await, Ok(0));
}

#[async_trait::async_trait]
trait Count {
    async fn count(&mut self) -> Result<u64, Error>;
    async fn count_else(&mut self) -> Result<u64, Error>;
}

#[async_trait::async_trait]
impl Count for Memory {
    #[circuit_breaker(name = "trait.mut", fallback = |_| { self.0 += 100; Ok(self.0) }, fallback_on = "failure")]
    async fn count(&mut self) -> Result<u64, Error> {
        self.0 += 1;
        Err(Error::Down)
    }

    #[circuit_breaker(name = "trait.mut.path", fallback = Self::more, fallback_on = "failure")]
    async fn count_else(&mut self) -> Result<u64, Error> {
        self.0 += 1;
        Err(Error::Down)
    }
}

impl Memory {
    async fn more(&mut self) -> Result<u64, Error> {
        self.0 += 1_000;
        Ok(self.0)
    }

    #[circuit_breaker(name = "trait.another_name", fallback = Self::more, fallback_on = "failure")]
    async fn under_another_name(&mut self) -> Result<u64, Error> {
        let memory = self;
        memory.0 += 1;
        Err(Error::Down)
    }
}

#[tokio::test]
async fn a_body_that_takes_self_lends_it() {
    let mut memory = Memory(0);
    assert_eq!(memory.count().await, Ok(101));
    assert_eq!(memory.count_else().await, Ok(1_102));
    assert_eq!(memory.under_another_name().await, Ok(2_103));
}

#[async_trait::async_trait]
trait Words {
    async fn by_path(&self, word: String, pair: (u64, u64)) -> Result<String, Error>;
    async fn by_closure(&self, word: String, more: String) -> Result<String, Error>;
    async fn by_memory(&self, word: &str, works: bool) -> Result<String, Error>;
    async fn by_value(self, word: String) -> Result<String, Error>
    where
        Self: Sized;
}

#[async_trait::async_trait]
impl Words for Memory {
    #[circuit_breaker(name = "trait.path", fallback = Self::words, fallback_on = "failure")]
    async fn by_path(&self, word: String, pair: (u64, u64)) -> Result<String, Error> {
        drop((word, pair));
        Err(Error::Down)
    }

    #[circuit_breaker(name = "trait.closure", fallback = |_| Ok(word + &more), fallback_on = "failure", timeout = "1m")]
    async fn by_closure(&self, word: String, mut more: String) -> Result<String, Error> {
        more.push('!');
        drop(word + &more);
        Err(Error::Down)
    }

    #[circuit_breaker(name = "trait.memory", last_good = "1m", last_good_key = word, fallback_on = "failure")]
    async fn by_memory(&self, word: &str, works: bool) -> Result<String, Error> {
        if works {
            Ok(format!("{word} of {}", self.0))
        } else {
            Err(Error::Down)
        }
    }

    #[circuit_breaker(name = "trait.value", fallback = |_| Ok(word), fallback_on = "failure")]
    async fn by_value(self, word: String) -> Result<String, Error> {
        if word.len() as u64 > self.0 {
            return Ok(word);
        }
        Err(Error::Down)
    }
}

impl Memory {
    async fn words(&self, word: String, (a, b): (u64, u64)) -> Result<String, Error> {
        Ok(format!("{word} {}", a + b + self.0))
    }
}

#[tokio::test]
async fn arguments_of_boxed_methods_reach_the_fallback() {
    let memory = Memory(10);
    let word = || "word".to_owned();
    assert_eq!(memory.by_path(word(), (1, 2)).await, Ok("word 13".to_owned()));
    assert_eq!(
        memory.by_closure(word(), "s".to_owned()).await,
        Ok("words".to_owned())
    );
    assert_eq!(memory.by_memory("a", false).await, Err(Error::Down));
    assert_eq!(memory.by_memory("a", true).await, Ok("a of 10".to_owned()));
    assert_eq!(memory.by_memory("a", false).await, Ok("a of 10".to_owned()));
    assert_eq!(memory.by_value(word()).await, Ok(word()));
}

#[tokio::test]
async fn methods_of_traits_stay_send() {
    assert_eq!(assert_send(assert_send(Memory(1)).load(1)).await, Ok(2));
    assert_eq!(assert_send(Memory(1).load(1)).await, Ok(2));
}
