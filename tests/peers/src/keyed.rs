//! Keyed calls, beside the maps that a user would write instead.
//!
//! Each scenario has another number of keys, and uses them in turns. Each key has a breaker. One
//! call of a subject is one look-up, or one whole call through the attribute.

use std::{
    collections::HashMap,
    hint::black_box,
    sync::{Arc, RwLock},
};

use dashmap::DashMap;
use fusebox::{CircuitBreaker, KeyedBreakers, Registry, circuit_breaker};

use crate::{
    call::poll_once,
    service::{Trouble, serve},
};

/// Numbers of keys, and the names of their scenarios.
const SCENARIOS: [(u32, &str); 3] = [(1, "keyed-1"), (100, "keyed-100"), (10_000, "keyed-10000")];

/// Makes this many calls, on one key after the other.
type Run = fn(&Keys, u64);

const SUBJECTS: [(&str, Run); 10] = [
    ("DashMap::get", |keys, calls| {
        let map: DashMap<String, CircuitBreaker> = keys.breakers().collect();
        keys.each_text(calls, |key| {
            black_box(map.get(key).expect("it is there").value());
        });
    }),
    ("DashMap::get, of digits", |keys, calls| {
        let hosts = keys.group();
        let digits = |key: usize| (10_000 + key).to_string();
        let map: DashMap<String, CircuitBreaker> = (0..keys.texts.len())
            .map(|key| (digits(key), hosts.get(key)))
            .collect();
        let texts: Vec<_> = (0..keys.texts.len()).map(digits).collect();
        for key in texts.iter().cycle().take(to_usize(calls)) {
            black_box(map.get(black_box(key.as_str())).expect("it is there").value());
        }
    }),
    ("DashMap::get, of u64", |keys, calls| {
        let hosts = keys.group();
        let map: DashMap<u64, CircuitBreaker> = (0..keys.texts.len() as u64)
            .map(|key| (10_000 + key, hosts.get(key)))
            .collect();
        keys.each_number(calls, |key| {
            black_box(map.get(&key).expect("it is there").value());
        });
    }),
    ("DashMap::get, and a clone", |keys, calls| {
        let map: DashMap<String, CircuitBreaker> = keys.breakers().collect();
        keys.each_text(calls, |key| {
            black_box(map.get(key).expect("it is there").clone());
        });
    }),
    ("RwLock<HashMap>, and a clone", |keys, calls| {
        let map: RwLock<HashMap<String, Arc<CircuitBreaker>>> = RwLock::new(
            keys.breakers()
                .map(|(key, breaker)| (key, Arc::new(breaker)))
                .collect(),
        );
        keys.each_text(calls, |key| {
            black_box(Arc::clone(&map.read().expect("no panic")[key]));
        });
    }),
    ("fusebox get(&str)", |keys, calls| {
        let hosts = keys.group();
        keys.each_text(calls, |key| drop(black_box(hosts.get(key))));
    }),
    ("fusebox get(u64)", |keys, calls| {
        let hosts = keys.group();
        keys.each_number(calls, |key| drop(black_box(hosts.get(key))));
    }),
    ("fusebox get(&str).call()", |keys, calls| {
        let hosts = keys.group();
        keys.each_text(calls, |key| {
            let _ = black_box(poll_once(hosts.get(key).call(serve(false))));
        });
    }),
    ("fusebox key = &str", |keys, calls| {
        keys.each_text(calls, |key| {
            let _ = black_box(poll_once(by_text(key)));
        });
    }),
    ("fusebox key = u64", |keys, calls| {
        keys.each_number(calls, |key| {
            let _ = black_box(poll_once(by_number(key)));
        });
    }),
];

#[circuit_breaker(name = "by text", key = host, max_keys = 10_000)]
async fn by_text(host: &str) -> Result<u64, Trouble> {
    let _ = host;
    serve(false).await
}

#[circuit_breaker(name = "by number", key = shard, max_keys = 10_000)]
async fn by_number(shard: u64) -> Result<u64, Trouble> {
    let _ = shard;
    serve(false).await
}

struct Keys {
    texts: Vec<String>,
}

impl Keys {
    fn new(count: u32) -> Self {
        let texts = (0..count).map(|key| format!("host-{key:05}.example.com"));
        Self {
            texts: texts.collect(),
        }
    }

    fn group(&self) -> KeyedBreakers {
        let _ = self;
        let keyed = Registry::new().keyed("peers").max_keys(10_000);
        keyed.build().expect("the settings are legal")
    }

    fn breakers(&self) -> impl Iterator<Item = (String, CircuitBreaker)> {
        let hosts = self.group();
        self.texts.iter().map(move |key| (key.clone(), hosts.get(key)))
    }

    fn each_text(&self, calls: u64, mut call: impl FnMut(&str)) {
        for key in self.texts.iter().cycle().take(to_usize(calls)) {
            call(black_box(key));
        }
    }

    fn each_number(&self, calls: u64, mut call: impl FnMut(u64)) {
        let keys = (0..self.texts.len() as u64).map(|key| 10_000 + key);
        for key in keys.cycle().take(to_usize(calls)) {
            call(black_box(key));
        }
    }
}

fn to_usize(number: u64) -> usize {
    usize::try_from(number).expect("a small number")
}

/// All scenarios with all of their subjects.
pub(crate) fn list() -> impl Iterator<Item = (&'static str, &'static str)> {
    let all = SUBJECTS.iter().map(|(subject, _)| *subject);
    all.flat_map(|subject| SCENARIOS.iter().map(move |(_, scenario)| (*scenario, subject)))
}

/// Runs one subject, if there is one of this name.
pub(crate) fn once(scenario: &str, subject: &str, calls: &str) -> Option<()> {
    let (count, _) = SCENARIOS.iter().find(|(_, name)| *name == scenario)?;
    let (_, run) = SUBJECTS.iter().find(|(name, _)| *name == subject)?;
    run(&Keys::new(*count), calls.parse().ok()?);
    Some(())
}
