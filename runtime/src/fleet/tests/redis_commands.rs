//! What the tests of the store do with a Redis server.

use super::redis_server::RedisServer;
use crate::fleet::Store;

impl RedisServer {
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
}
