//! What is refused, and that nothing changes then.

use std::fs;

use http::{Request, StatusCode};

use super::{SECRET, get, orders, post, read, send, token};
use crate::{
    dashboard::{Dashboard, Token, TokenError},
    registry::Registry,
};

const PATHS: [&str; 8] = [
    "/",
    "/main.js",
    "/health",
    "/metrics",
    "/api/v1/breakers",
    "/api/v1/breakers/orders",
    "/api/v1/events",
    "/api/v1/openapi.json",
];
const TRIP: &str = r#"{"command":"trip","who":"anna","reason":"an exercise"}"#;

#[tokio::test]
async fn a_foreign_host_is_refused_on_every_path() {
    let (registry, _) = orders();
    let dashboard = Dashboard::new(&registry);
    for path in PATHS {
        for host in [
            "evil.example",
            "evil.example:9090",
            "localhost.evil.example",
            "127.0.0.1.nip.io",
            "10.0.0.1",
        ] {
            let answer = send(&dashboard, Request::get(path).header("host", host), "").await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{host} {path}");
            assert!(
                answer.error().contains("Dashboard::allow_host"),
                "{}",
                answer.text
            );
        }
        let answer = send(&dashboard, Request::get(path), "").await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "no host, {path}");
        let two = get(path).header("host", "evil.example");
        assert_eq!(
            send(&dashboard, two, "").await.status,
            StatusCode::BAD_REQUEST,
            "two hosts"
        );
    }
}

#[tokio::test]
async fn loopback_names_and_allowed_hosts_are_served() {
    let dashboard = Dashboard::new(&Registry::new()).allow_host("ops.example.com");
    for host in [
        "localhost",
        "LOCALHOST:1",
        "127.0.0.1:9090",
        "[::1]:9090",
        "ops.example.com",
        "ops.example.com:443",
    ] {
        let answer = send(&dashboard, Request::get("/").header("host", host), "").await;
        assert_eq!(answer.status, StatusCode::OK, "{host}");
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_a_browser_safe() {
    let (registry, _) = orders();
    let dashboard = Dashboard::new(&registry);
    for path in PATHS
        .iter()
        .filter(|path| !path.ends_with("events"))
        .chain(&["/nothing"])
    {
        let headers = read(&dashboard, path).await.headers;
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["cache-control"], "no-store");
        assert!(!headers.contains_key("access-control-allow-origin"));
    }
}

#[tokio::test]
async fn the_page_is_read_only_by_default() {
    let (registry, breaker) = orders();
    let dashboard = Dashboard::new(&registry);
    let answer = send(&dashboard, post("orders"), TRIP).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(
        answer.error().contains("Dashboard::allow_commands"),
        "{}",
        answer.text
    );
    assert_eq!(breaker.generation(), 0);
    assert!(read(&dashboard, "/").await.text.contains("data-commands=\"off\""));
}

#[tokio::test]
async fn a_command_that_a_foreign_page_could_send_is_refused() {
    let (registry, breaker) = orders();
    let dashboard = Dashboard::new(&registry).allow_commands(token());
    let bare = || Request::post("/api/v1/breakers/orders/commands").header("host", "localhost:9090");
    let json = ("content-type", "application/json");
    let bearer = |token: &str| format!("Bearer {token}");
    let refused = [
        (bare().header(json.0, json.1), StatusCode::UNAUTHORIZED),
        (
            bare()
                .header(json.0, json.1)
                .header("authorization", bearer("wrong-horse-battery")),
            StatusCode::UNAUTHORIZED,
        ),
        (
            bare()
                .header(json.0, json.1)
                .header("authorization", bearer(&SECRET[1..])),
            StatusCode::UNAUTHORIZED,
        ),
        (
            bare()
                .header(json.0, json.1)
                .header("authorization", format!("Basic {SECRET}")),
            StatusCode::UNAUTHORIZED,
        ),
        (
            bare().header("authorization", bearer(SECRET)),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            bare()
                .header("authorization", bearer(SECRET))
                .header("content-type", "text/plain"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            post("orders").header("origin", "http://evil.example"),
            StatusCode::FORBIDDEN,
        ),
        (
            post("orders").header("origin", "http://localhost:8080"),
            StatusCode::FORBIDDEN,
        ),
        (post("orders").header("origin", "null"), StatusCode::FORBIDDEN),
        (
            post("orders").header("origin", "file://localhost:9090"),
            StatusCode::FORBIDDEN,
        ),
    ];
    for (request, status) in refused {
        let shown = format!("{request:?}");
        let answer = send(&dashboard, request, TRIP).await;
        assert_eq!(answer.status, status, "{shown}");
        assert!(!answer.error().contains(SECRET), "the token is not shown");
        assert_eq!(breaker.generation(), 0, "nothing changes: {shown}");
    }
    let own = post("orders").header("origin", "http://localhost:9090");
    assert_eq!(send(&dashboard, own, TRIP).await.status, StatusCode::OK);
    assert_eq!(breaker.generation(), 1);
}

#[tokio::test]
async fn a_required_token_hides_the_breakers_and_not_the_page() {
    let (registry, breaker) = orders();
    breaker.force_open();
    let other = Token::new("another-good-token").unwrap();
    let dashboard = Dashboard::new(&registry)
        .require_token(other)
        .allow_commands(token());
    for path in [
        "/api/v1/breakers",
        "/api/v1/breakers/orders",
        "/api/v1/breakers/orders/history",
        "/api/v1/events",
        "/metrics",
    ] {
        let answer = read(&dashboard, path).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
        assert!(!answer.text.contains("orders"), "{}", answer.text);
    }
    assert_eq!(read(&dashboard, "/").await.status, StatusCode::OK);
    assert_eq!(read(&dashboard, "/health").await.text, r#"{"status":"ok"}"#);
    for token in ["another-good-token", SECRET] {
        let request = get("/health").header("authorization", format!("bearer {token}"));
        assert_eq!(send(&dashboard, request, "").await.json()["open"][0], "orders");
    }
    let mut reader = post("orders");
    reader
        .headers_mut()
        .unwrap()
        .insert("authorization", "Bearer another-good-token".parse().unwrap());
    assert_eq!(
        send(&dashboard, reader, TRIP).await.status,
        StatusCode::UNAUTHORIZED,
        "reading is not commanding"
    );
}

#[test]
fn a_token_that_can_be_guessed_or_not_be_sent_is_refused() {
    assert!(matches!(Token::new("short"), Err(TokenError::Short)));
    assert!(matches!(
        Token::new("with a blank inside"),
        Err(TokenError::Unprintable)
    ));
    assert!(matches!(
        Token::new("größer-als-sechzehn"),
        Err(TokenError::Unprintable)
    ));
    assert_eq!(format!("{:?}", token()), "Token(…)");
}

#[cfg(unix)]
#[test]
fn a_token_file_must_exist_and_be_private() {
    use std::os::unix::fs::PermissionsExt;

    let path = std::env::temp_dir().join(format!("fusebox-token-{}", std::process::id()));
    let missing = Token::from_file(&path).unwrap_err();
    assert!(
        matches!(missing, TokenError::File { .. }) && missing.to_string().contains("fusebox-token"),
        "{missing}"
    );

    fs::write(&path, format!("{SECRET}\n")).unwrap();
    for (mode, is_private) in [(0o644, false), (0o602, false), (0o640, true), (0o600, true)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        match Token::from_file(&path) {
            Ok(token) => assert!(is_private && token.is(SECRET), "{mode:o}"),
            Err(error) => {
                assert!(!is_private, "{mode:o}: {error}");
                assert!(error.to_string().contains("chmod 600"), "{error}");
            }
        }
    }
    fs::write(&path, [0xff; 20]).unwrap();
    assert!(
        matches!(Token::from_file(&path), Err(TokenError::File { .. })),
        "not text"
    );
    fs::write(&path, "\n").unwrap();
    assert!(matches!(Token::from_file(&path), Err(TokenError::Short)), "empty");
    fs::remove_file(&path).unwrap();
}
