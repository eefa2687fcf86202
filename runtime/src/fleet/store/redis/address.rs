//! The URL of a Redis server, with its password kept out of every text.

use std::fmt;

use redis::{Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion};

use crate::fleet::store::StoreError;

/// A server to connect to.
#[derive(Clone)]
pub(crate) struct Address {
    client: Client,
    shown: Box<str>,
}

impl Address {
    pub(crate) fn parse(url: &str) -> Result<Self, StoreError> {
        let refuse = |problem| StoreError::Url { problem };
        let Some((scheme, _)) = url.split_once("://") else {
            return Err(refuse("has no scheme"));
        };
        if !matches!(scheme, "redis" | "rediss" | "valkey" | "valkeys") {
            return Err(refuse("has a scheme other than `redis` and `rediss`"));
        }
        if url.ends_with("#insecure") {
            return Err(refuse("ends with `#insecure`; the certificate is always checked"));
        }
        // The error of the client is dropped: it could contain parts of the URL.
        let info = url
            .into_connection_info()
            .map_err(|_| refuse("cannot be parsed"))?;
        let settings = info
            .redis_settings()
            .clone()
            .set_protocol(ProtocolVersion::RESP3)
            .set_skip_set_lib_name();
        let shown = shown(&info);
        let client = Client::open(info.set_redis_settings(settings)).map_err(|_| refuse("cannot be used"))?;
        Ok(Self { client, shown })
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Returns host and port.
    pub(crate) fn shown(&self) -> Box<str> {
        self.shown.clone()
    }

    pub(crate) fn is_encrypted(&self) -> bool {
        matches!(
            self.client.get_connection_info().addr(),
            ConnectionAddr::TcpTls { .. }
        )
    }
}

/// Returns scheme, host, port and database: neither user nor password.
fn shown(info: &ConnectionInfo) -> Box<str> {
    let host = match info.addr() {
        ConnectionAddr::Tcp(host, port) => format!("redis://{host}:{port}"),
        ConnectionAddr::TcpTls { host, port, .. } => format!("rediss://{host}:{port}"),
        other => format!("{other}"),
    };
    match info.redis_settings().db() {
        0 => host.into(),
        database => format!("{host}/{database}").into(),
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(url: &str) -> String {
        Address::parse(url).err().expect("the URL is refused").to_string()
    }

    #[test]
    fn an_error_shows_what_to_write_and_never_the_password() {
        assert_eq!(
            error("localhost:6379"),
            "the store's URL has no scheme; write `redis://user:password@host:6379`, or `rediss://…` for TLS"
        );
        assert!(error("http://:hunter2@localhost").contains("has a scheme other than `redis` and `rediss`"));
        assert!(error("redis://:hunter2@localhost:port").contains("cannot be parsed"));
        assert!(error("redis://:hunter2@localhost/db").contains("cannot be parsed"));
        assert!(error("rediss://:hunter2@localhost#insecure").contains("always checked"));
        for url in [
            "http://:hunter2@localhost",
            "redis://:hunter2@localhost:port",
            "redis://:hunter2@localhost/x",
        ] {
            assert!(!error(url).contains("hunter2"), "{url}");
        }
    }

    #[test]
    fn what_is_shown_contains_neither_user_nor_password() {
        let address = Address::parse("rediss://anna:hunter2@redis.internal:6380/3").unwrap();
        assert_eq!(address.to_string(), "rediss://redis.internal:6380/3");
        assert!(address.is_encrypted());
        let store = super::super::super::Store::redis("redis://anna:hunter2@localhost").unwrap();
        assert_eq!(format!("{store:?}"), "Store(redis://localhost:6379)");
    }
}
