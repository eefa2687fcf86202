//! The requests that are allowed: hosts, origins and tokens.

use std::net::IpAddr;

use http::{
    HeaderMap, StatusCode, Uri,
    header::{AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN, WWW_AUTHENTICATE},
    request::Parts,
    uri::Authority,
};

use super::{
    Token,
    answer::{JSON, Problem},
};

/// The names of this machine, for a browser that runs on it.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// The address that a connection arrived at.
#[derive(Debug, Clone, Copy)]
pub(super) struct LocalAddress(pub(super) IpAddr);

/// The tokens and host names that a request needs.
#[derive(Debug, Clone, Default)]
pub(super) struct AccessPolicy {
    pub(super) readers: Option<Token>,
    pub(super) operators: Option<Token>,
    pub(super) hosts: Vec<String>,
}

impl AccessPolicy {
    pub(super) const fn has_readers_token(&self) -> bool {
        self.readers.is_some()
    }

    /// Refuses a request for a host that is not in the list.
    ///
    /// A page of another site can make its own name point to this machine (DNS rebinding). The
    /// browser then sends that name here.
    pub(super) fn check_host(&self, request: &Parts) -> Result<(), Problem> {
        let authority = authority(request)?;
        let host = authority.host();
        let is = |allowed: &str| allowed.eq_ignore_ascii_case(host);
        let arrived_at = |local: &LocalAddress| match local.0 {
            IpAddr::V4(ip) => is(&ip.to_string()),
            IpAddr::V6(ip) => is(&format!("[{ip}]")),
        };
        let is_allowed = LOOPBACK.into_iter().any(is)
            || self.hosts.iter().map(String::as_str).any(is)
            || request.extensions.get().is_some_and(arrived_at);
        if is_allowed {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::FORBIDDEN,
            format!("the host `{host}` is not allowed; allow it with `Dashboard::allow_host(\"{host}\")`"),
        ))
    }

    /// Returns whether this request may read.
    pub(super) fn is_reader(&self, headers: &HeaderMap) -> bool {
        let mut tokens = self.readers.iter().chain(&self.operators);
        let presents = |token: &Token| bearer(headers).is_some_and(|presented| token.is(presented));
        self.readers.is_none() || tokens.any(presents)
    }

    /// Refuses a read without the token, if there is one.
    pub(super) fn check_reader(&self, headers: &HeaderMap) -> Result<(), Problem> {
        if self.is_reader(headers) {
            return Ok(());
        }
        Err(unauthorized("this page needs its token"))
    }

    /// Refuses a command that the page of this very origin could not have sent.
    pub(super) fn check_command(&self, request: &Parts) -> Result<(), Problem> {
        check_origin(request)?;
        let Some(token) = &self.operators else {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "this page is read-only; allow commands with `Dashboard::allow_commands`",
            ));
        };
        match bearer(&request.headers) {
            None => return Err(unauthorized("a command needs the operator's token")),
            Some(presented) if !token.is(presented) => {
                return Err(unauthorized("this is not the operator's token"));
            }
            Some(_) => {}
        }
        if is_json(&request.headers) {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "a command is sent as `Content-Type: application/json`",
        ))
    }
}

/// Refuses a request from the page of another site. Programs send no `Origin`.
fn check_origin(request: &Parts) -> Result<(), Problem> {
    let Some(origin) = request.headers.get(ORIGIN) else {
        return Ok(());
    };
    let own = authority(request)?;
    let given = origin.to_str().ok().and_then(|origin| origin.parse::<Uri>().ok());
    let is_own = given
        .as_ref()
        .filter(|origin| matches!(origin.scheme_str(), Some("http" | "https")))
        .and_then(Uri::authority)
        .is_some_and(|given| given.as_str().eq_ignore_ascii_case(own.as_str()));
    if is_own {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "the request comes from the page of another origin",
    ))
}

/// Returns the host and port that the client addressed.
///
/// HTTP/1 has them in the `Host` header, HTTP/2 in the URI.
fn authority(request: &Parts) -> Result<Authority, Problem> {
    let mut hosts = request.headers.get_all(HOST).iter();
    let authority = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().ok().and_then(|host| host.parse().ok()),
        (None, _) => request.uri.authority().cloned(),
        (Some(_), Some(_)) => None,
    };
    authority.ok_or_else(|| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "the request needs one valid `Host` header",
        )
    })
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media_type
        .and_then(|value| value.split(';').next())
        .is_some_and(|value| value.trim().eq_ignore_ascii_case(JSON))
}

fn unauthorized(message: &str) -> Problem {
    let message = format!("{message}: `Authorization: Bearer …`");
    Problem::new(StatusCode::UNAUTHORIZED, message).with_header(WWW_AUTHENTICATE, "Bearer")
}
