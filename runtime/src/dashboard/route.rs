//! The routes: each method and path, and what it leads to.

use http::{Method, StatusCode, header::ALLOW};

use super::answer::Problem;

/// The target of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Route {
    Asset(String),
    Breakers,
    Breaker(String),
    History(String),
    Commands(String),
    Group(String),
    Keys(String),
    Fleet,
    Events,
    OpenApi,
    Health,
    Metrics,
}

/// The routes of the API, as in its description.
#[cfg(test)]
pub(super) const ROUTES: [(&str, &str); 11] = [
    ("get", "/api/v1/breakers"),
    ("get", "/api/v1/breakers/{name}"),
    ("get", "/api/v1/breakers/{name}/history"),
    ("post", "/api/v1/breakers/{name}/commands"),
    ("get", "/api/v1/groups/{name}"),
    ("get", "/api/v1/groups/{name}/keys"),
    ("get", "/api/v1/fleet"),
    ("get", "/api/v1/events"),
    ("get", "/api/v1/openapi.json"),
    ("get", "/health"),
    ("get", "/metrics"),
];

impl Route {
    /// Returns the route of a method and a path that is still percent-encoded.
    pub(super) fn of(method: &Method, path: &str) -> Result<Self, Problem> {
        let path = path.trim_start_matches('/');
        let route = match path.strip_prefix("api/v1/") {
            Some(api) => Self::of_api(api)?,
            None if path == "health" => Self::Health,
            None if path == "metrics" => Self::Metrics,
            None => Self::Asset(path.to_owned()),
        };
        let (is_allowed, allowed) = match route {
            Self::Commands(_) => (method == Method::POST, "POST"),
            _ => (method == Method::GET || method == Method::HEAD, "GET, HEAD"),
        };
        if is_allowed {
            return Ok(route);
        }
        let message = format!("{method} is not a method of this path, {allowed} is");
        Err(Problem::new(StatusCode::METHOD_NOT_ALLOWED, message).with_header(ALLOW, allowed))
    }

    fn of_api(path: &str) -> Result<Self, Problem> {
        let segments: Vec<_> = path.split('/').collect();
        match segments[..] {
            ["breakers"] => Ok(Self::Breakers),
            ["breakers", name] => Ok(Self::Breaker(decode(name)?)),
            ["breakers", name, "history"] => Ok(Self::History(decode(name)?)),
            ["breakers", name, "commands"] => Ok(Self::Commands(decode(name)?)),
            ["groups", name] => Ok(Self::Group(decode(name)?)),
            ["groups", name, "keys"] => Ok(Self::Keys(decode(name)?)),
            ["fleet"] => Ok(Self::Fleet),
            ["events"] => Ok(Self::Events),
            ["openapi.json"] => Ok(Self::OpenApi),
            _ => Err(no_such_path()),
        }
    }
}

pub(super) fn no_such_path() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "there is no such path; api/v1/openapi.json lists all",
    )
}

/// Decodes `%2F` and the like.
pub(super) fn decode(segment: &str) -> Result<String, Problem> {
    let wrong = || {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "a name in the URL is not percent-encoded UTF-8",
        )
    };
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let value = digit().zip(digit()).map(|(high, low)| high * 16 + low);
        bytes.push(
            value
                .and_then(|value| u8::try_from(value).ok())
                .ok_or_else(wrong)?,
        );
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}
