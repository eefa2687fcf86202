//! A key needs a text: `Display`, `AsRef<str>`, or `fusebox::Key` for a group by hand.
use fusebox::{KeyedBreakers, circuit_breaker};

struct Region;

#[circuit_breaker(key = region, max_keys = 0)]
async fn load(region: Region) -> std::io::Result<Region> { Ok(region) }

#[circuit_breaker(key = region)]
async fn save(region: Option<Region>) -> std::io::Result<Option<Region>> { Ok(region) }

fn by_hand(hosts: &KeyedBreakers) {
    let _ = hosts.get(Region);
    let _ = hosts.get(Some(Region));
    let _ = hosts.get(std::path::Path::new("a").display());
}

fn main() {}
