//! Runs each claim once per store.

/// The names of asynchronous functions that take a store.
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
