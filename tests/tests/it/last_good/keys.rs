//! What `last_good_key` can be made of.
//!
//! Each function has a parameter that no key can hold.

use std::io;

use fusebox::{Registry, circuit_breaker, testing::isolated};

fn trip(names: [&str; 3]) {
    for name in names {
        Registry::current().get(name).expect("declared").trip();
    }
}

#[circuit_breaker(name = "of str", last_good = "5m", last_good_key = (tenant, id))]
async fn of_str(tenant: &str, id: u64, _priority: f64) -> io::Result<String> {
    Ok(format!("{id} of {tenant}"))
}

#[circuit_breaker(name = "of string", last_good = "5m", last_good_key = (tenant, (id, id % 2)))]
async fn of_string(mut tenant: String, id: u64, _priority: f64) -> io::Result<String> {
    tenant.push('!');
    Ok(format!("{id} of {tenant}"))
}

#[circuit_breaker(name = "of one", last_good = "5m", last_good_key = tenant, fallback_on = "failure")]
async fn of_one(tenant: String, _priority: f64, fails: bool) -> io::Result<String> {
    if fails {
        Err(io::ErrorKind::BrokenPipe.into())
    } else {
        Ok(tenant)
    }
}

#[circuit_breaker(name = "of mut", last_good = "5m", last_good_key = (buffer, buffer.len()))]
async fn of_mut(buffer: &mut Vec<u8>, _priority: f64) -> io::Result<usize> {
    buffer.push(0);
    Ok(buffer.len())
}

#[tokio::test]
async fn a_tuple_of_parameters_is_a_key_whatever_their_types() {
    isolated(async {
        of_str("one", 7, 0.5).await.expect("it works");
        of_string("one".to_owned(), 7, 0.5).await.expect("it works");
        of_mut(&mut vec![1], 0.5).await.expect("it works");
        trip(["of str", "of string", "of mut"]);
        assert_eq!(of_str("one", 7, 1.5).await.expect("kept"), "7 of one");
        of_str("two", 7, 0.5).await.expect_err("another tenant");
        of_str("one", 8, 0.5).await.expect_err("another id");
        let kept = of_string("one".to_owned(), 7, 1.5).await;
        assert_eq!(kept.expect("kept"), "7 of one!");
        of_string("two".to_owned(), 7, 0.5)
            .await
            .expect_err("another tenant");
        assert_eq!(of_mut(&mut vec![1], 1.5).await.expect("kept"), 2);
        of_mut(&mut vec![2], 0.5).await.expect_err("another buffer");
    })
    .await;
}

#[tokio::test]
async fn a_parameter_alone_is_a_key_and_the_body_still_gets_it() {
    isolated(async {
        assert_eq!(of_one("a".into(), 0.5, false).await.expect("it works"), "a");
        assert_eq!(of_one("a".into(), 1.5, true).await.expect("kept"), "a");
        of_one("b".into(), 0.5, true).await.expect_err("nothing is kept");
    })
    .await;
}

/// No `Clone`, no `Hash`.
struct Page {
    tenant: String,
    id: u64,
    _weight: f64,
}

fn page(tenant: &str, id: u64) -> Page {
    let tenant = tenant.to_owned();
    Page {
        tenant,
        id,
        _weight: 0.5,
    }
}

#[circuit_breaker(name = "pair", last_good = "5m", last_good_key = tenant, fallback = other_pair)]
async fn pair((tenant, id): (u64, u64)) -> io::Result<u64> {
    Ok(tenant + id)
}

async fn other_pair(_: (u64, u64)) -> io::Result<u64> {
    Ok(0)
}

#[circuit_breaker(name = "fields", last_good = "5m", last_good_key = (tenant, id % 10), fallback = other_fields)]
async fn fields(Page { mut tenant, id, .. }: Page, [_, at @ ..]: [u8; 3]) -> io::Result<String> {
    tenant.push('!');
    Ok(format!("{id} of {tenant}{at:?}"))
}

async fn other_fields(page: Page, _: [u8; 3]) -> io::Result<String> {
    Ok(page.tenant)
}

#[allow(clippy::needless_borrowed_reference, reason = "the pattern is the test")]
#[circuit_breaker(name = "modes", last_good = "5m", last_good_key = (tenant, id), fallback = other_modes)]
async fn modes(&(ref tenant, id): &(String, u64), Page { .. }: &Page) -> io::Result<String> {
    Ok(format!("{id} of {tenant}"))
}

async fn other_modes(_: &(String, u64), _: &Page) -> io::Result<String> {
    Ok("other".to_owned())
}

#[tokio::test]
async fn a_key_is_made_of_names_that_a_pattern_binds_beside_a_path() {
    isolated(async {
        assert_eq!(pair((1, 7)).await.expect("it works"), 8);
        fields(page("one", 17), [1, 2, 3]).await.expect("it works");
        modes(&("one".into(), 7), &page("", 0)).await.expect("it works");
        trip(["pair", "fields", "modes"]);
        assert_eq!(pair((1, 9)).await.expect("kept"), 8);
        assert_eq!(pair((2, 9)).await.expect("the fallback"), 0);
        let kept = fields(page("one", 27), [0, 0, 0]).await;
        assert_eq!(kept.expect("kept"), "17 of one![2, 3]");
        assert_eq!(
            fields(page("two", 17), [0; 3]).await.expect("the fallback"),
            "two"
        );
        assert_eq!(
            fields(page("one", 18), [0; 3]).await.expect("the fallback"),
            "one"
        );
        assert_eq!(
            modes(&("one".into(), 7), &page("x", 1)).await.expect("kept"),
            "7 of one"
        );
        assert_eq!(
            modes(&("one".into(), 8), &page("x", 1))
                .await
                .expect("the fallback"),
            "other"
        );
    })
    .await;
}
