//! Names of the user that the generated code must neither hide nor use.

use fusebox::{circuit_breaker, testing::isolated};
use fusebox_tests::called::open;
use fusebox_tests::error::Error;

mod __p {
    pub(super) const ONE: u64 = 1;
}

#[expect(non_camel_case_types, dead_code, reason = "that is what is tested")]
mod hidden {
    use super::{Error, circuit_breaker};

    type u32 = String;
    type str = u64;

    const LIMIT: ::core::primitive::u32 = 3;
    const NAME: &::core::primitive::str = "hidden";

    #[circuit_breaker(threshold = LIMIT, name = NAME, trial_calls = 2)]
    pub(super) async fn guarded(id: str, __p: u64) -> Result<u64, Error> {
        Ok(id + __p + super::__p::ONE)
    }
}

#[circuit_breaker(name = "raw", fallback = raw_else, fallback_on = "failure", threshold = 9)]
async fn raw(r#type: String, id: u64) -> Result<String, Error> {
    if id == 0 {
        Err(Error::Down)
    } else {
        Ok(format!("{type} {id}"))
    }
}

async fn raw_else(r#type: String, _: u64) -> Result<String, Error> {
    Ok(r#type)
}

#[circuit_breaker(
    name = "guards", threshold = 1, fallback = guards_else,
    ignore = Err(Error::NotFound) if id > limit, failure = Err(_) if *first == 7,
)]
async fn guards((id, _name): (u64, String), limit: u64, [first, ..]: &[u64; 2]) -> Result<u64, Error> {
    let _ = (limit, first);
    if id == 0 { Ok(0) } else { Err(Error::NotFound) }
}

async fn guards_else((id, name): (u64, String), _: u64, _: &[u64; 2]) -> Result<u64, Error> {
    Ok(id + name.len() as u64)
}

#[tokio::test]
async fn names_of_the_user_stay_their_own() {
    isolated(async { assert_eq!(hidden::guarded(1, 2).await, Ok(4)) }).await;
}

#[tokio::test]
async fn a_raw_name_in_a_format_string_is_a_use() {
    isolated(async {
        assert_eq!(raw("book".to_owned(), 7).await, Ok("book 7".to_owned()));
        assert_eq!(raw("book".to_owned(), 0).await, Ok("book".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_guard_uses_names_of_a_pattern_beside_a_path() {
    isolated(async {
        let call = |id, limit| guards((id, "ann".to_owned()), limit, &[7, 8]);
        assert_eq!(call(5, 4).await, Err(Error::NotFound));
        assert_eq!(call(5, 4).await, Err(Error::NotFound));
        assert_eq!(call(5, 5).await, Err(Error::NotFound));
        assert_eq!(call(5, 5).await, Ok(8));
    })
    .await;
}

#[circuit_breaker(name = "cfg", fallback = cfg_else, fallback_on = "failure")]
async fn cfg(
    id: u64,
    #[cfg(test)] extra: String,
    #[cfg(not(test))] extra: u64,
    #[cfg(windows)] _: u8,
) -> Result<u64, Error> {
    Ok(id + extra.len() as u64)
}

async fn cfg_else(
    id: u64,
    #[cfg(test)] _: String,
    #[cfg(not(test))] _: u64,
    #[cfg(windows)] _: u8,
) -> Result<u64, Error> {
    Ok(id)
}

#[circuit_breaker(name = "cfg.sync", threshold = 3)]
fn cfg_sync(#[cfg(test)] id: u64) -> Result<u64, Error> {
    Ok(id)
}

#[cfg(not(windows))]
#[tokio::test]
async fn a_parameter_may_have_a_cfg() {
    isolated(async {
        assert_eq!((cfg(1, "ann".to_owned()).await, cfg_sync(5)), (Ok(4), Ok(5)));
        open("cfg");
        assert_eq!(cfg(1, "ann".to_owned()).await, Ok(1));
    })
    .await;
}
