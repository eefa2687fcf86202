//! No value of one instance of a generic function answers for another instance.

use std::{io, marker::PhantomData};

use fusebox::{Registry, circuit_breaker, testing::isolated};

async fn is_kept<T>(call: impl Future<Output = io::Result<T>>) -> bool {
    let breaker = Registry::current().into_iter().next().expect("it was called");
    breaker.trip();
    let answer = call.await;
    breaker.reset();
    answer.is_ok()
}

#[circuit_breaker(name = "const", last_good = "5m")]
async fn page<const TENANT: u32>(id: u64) -> io::Result<String> {
    Ok(format!("page {id} of tenant {TENANT}"))
}

#[tokio::test]
async fn a_const_argument_is_in_the_key() {
    isolated(async {
        page::<1>(7).await.expect("it works");
        assert!(is_kept(page::<1>(7)).await);
        assert!(!is_kept(page::<2>(7)).await);
        assert!(!is_kept(page::<1>(8)).await);
    })
    .await;
}

#[circuit_breaker(name = "explicit", last_good = "5m", last_good_key = id)]
async fn by_key<const TENANT: u32, T>(id: u64, _: T) -> io::Result<u64> {
    Ok(id)
}

#[tokio::test]
async fn it_is_in_an_explicit_key_too() {
    isolated(async {
        by_key::<1, _>(7, 'a').await.expect("it works");
        assert!(is_kept(by_key::<1, _>(7, 'b')).await);
        assert!(!is_kept(by_key::<2, _>(7, 'a')).await);
        assert!(!is_kept(by_key::<1, _>(7, "a")).await);
    })
    .await;
}

/// A type argument that no parameter has, without any bound.
#[circuit_breaker(name = "type", last_good = "5m")]
async fn describe<T>(id: u64) -> io::Result<String> {
    Ok(format!("{id} of {}", std::any::type_name::<T>()))
}

async fn of_a_borrow<'a, T: 'a>(_: &'a T) -> io::Result<String> {
    describe::<&'a T>(7).await
}

#[tokio::test]
async fn a_type_argument_is_in_the_key() {
    isolated(async {
        let (number, text) = (1_u8, String::new());
        of_a_borrow(&number).await.expect("it works");
        assert!(is_kept(of_a_borrow(&2_u8)).await);
        assert!(!is_kept(of_a_borrow(&text)).await);
        assert!(!is_kept(describe::<u8>(7)).await);
    })
    .await;
}

struct Repo<T>(PhantomData<T>);

impl<T> Repo<T> {
    #[circuit_breaker(name = "repo", last_good = "5m")]
    async fn get(id: u64) -> io::Result<u64> {
        Ok(id)
    }

    #[circuit_breaker(name = "repo", last_good = "5m", last_good_key = id)]
    async fn find(&self, id: u64) -> io::Result<u64> {
        Ok(id)
    }
}

#[tokio::test]
async fn an_argument_of_the_impl_is_in_the_key() {
    isolated(async {
        Repo::<u8>::get(7).await.expect("it works");
        assert!(is_kept(Repo::<u8>::get(7)).await);
        assert!(!is_kept(Repo::<u16>::get(7)).await);
        Repo::<u8>(PhantomData).find(7).await.expect("it works");
        assert!(is_kept(Repo::<u8>(PhantomData).find(7)).await);
        assert!(!is_kept(Repo::<&str>(PhantomData).find(7)).await);
    })
    .await;
}

trait Tenant<Zone> {
    #[circuit_breaker(name = "default method", last_good = "5m")]
    async fn secret(id: u64) -> io::Result<u64> {
        Ok(id)
    }

    #[circuit_breaker(name = "default method", last_good = "5m")]
    fn boxed(id: u64) -> std::pin::Pin<Box<dyn Future<Output = io::Result<u64>> + Send>> {
        Box::pin(async move { Ok(id) })
    }
}

struct Ada;
struct Bob;

impl Tenant<u8> for Ada {}
impl Tenant<u16> for Ada {}
impl Tenant<u8> for Bob {}

#[tokio::test]
async fn self_and_the_arguments_of_a_trait_are_in_the_key() {
    isolated(async {
        <Ada as Tenant<u8>>::secret(7).await.expect("it works");
        assert!(is_kept(<Ada as Tenant<u8>>::secret(7)).await);
        assert!(!is_kept(<Ada as Tenant<u16>>::secret(7)).await);
        assert!(!is_kept(<Bob as Tenant<u8>>::secret(7)).await);
        <Ada as Tenant<u8>>::boxed(7).await.expect("it works");
        assert!(is_kept(<Ada as Tenant<u8>>::boxed(7)).await);
        assert!(!is_kept(<Bob as Tenant<u8>>::boxed(7)).await);
    })
    .await;
}
