//! Runs each claim once per store.

/// Makes a test of each claim for each store.
///
/// A claim is an asynchronous function that takes a store.
macro_rules! claims {
    ($($claim:ident)*) => {
        mod local {
            $(#[tokio::test(start_paused = true)]
            async fn $claim() {
                super::$claim(crate::fleet::Store::local()).await;
            })*
        }

        #[cfg(feature = "redis")]
        mod redis {
            $(#[tokio::test]
            async fn $claim() {
                if let Some(server) = crate::fleet::tests::redis_server::RedisServer::start(&[]) {
                    super::$claim(server.store()).await;
                }
            })*
        }
    };
}

pub(super) use claims;
