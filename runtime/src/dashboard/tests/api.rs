//! The paths of the API.

use http::{Method, Request, StatusCode};
use serde_json::Value;

use super::{get, orders, read, send, token};
use crate::{
    dashboard::{
        Dashboard,
        assets::{self, Asset},
        route::{ROUTES, Route},
    },
    metrics::prometheus,
    registry::Registry,
    state::State,
};

#[tokio::test]
async fn a_breaker_is_shown_as_it_is_now() {
    let (registry, breaker) = orders();
    let dashboard = Dashboard::new(&registry);
    breaker.try_acquire().unwrap().success();
    for _ in 0..3 {
        breaker.try_acquire().unwrap().failure_with("connection refused");
    }
    assert!(breaker.try_acquire().is_err());

    let shown = read(&dashboard, "/api/v1/breakers/orders").await.json();
    assert_eq!(shown["name"], "orders");
    assert_eq!(shown["state"], "open");
    assert_eq!(shown["generation"], 1);
    let left = shown["retry_after_ms"].as_u64().unwrap();
    assert!((55_000..=60_000).contains(&left), "{left}");
    let counted = ["answered", "failed", "rejected"].map(|key| shown[key].as_u64().unwrap());
    assert_eq!(counted, [1, 3, 1]);
    assert_eq!(shown["last_error"], "connection refused");
    assert!(
        shown["explain"]
            .as_str()
            .unwrap()
            .starts_with("orders is open since ")
    );
    assert_eq!(shown["totals"]["failures"], 3);
    assert_eq!(shown["settings"][0]["key"], "threshold");
    assert_eq!(shown["settings"][0]["value"], "3");
    let source = shown["settings"][0]["source"].as_str().unwrap();
    assert!(
        source.starts_with("builder ") && source.contains(".rs:"),
        "{source}"
    );
    assert_eq!(shown["settings"][1]["source"], "default");
    assert_eq!(shown["samples"]["answered"].as_array().unwrap().len(), 300);
    assert_eq!(shown["declared_at"], Value::Null, "a builder made it");
}

#[tokio::test]
async fn names_are_decoded_and_must_be_utf_8() {
    let registry = Registry::new();
    for name in ["shop::orders", "inventory[eu/1]", "größe 50%"] {
        registry.breaker(name).build().unwrap();
    }
    let dashboard = Dashboard::new(&registry);
    for (path, name) in [
        ("shop::orders", "shop::orders"),
        ("inventory%5Beu%2F1%5D", "inventory[eu/1]"),
        ("gr%C3%B6%c3%9fe%2050%25", "größe 50%"),
    ] {
        let answer = read(&dashboard, &format!("/api/v1/breakers/{path}")).await;
        assert_eq!(
            (answer.status, &answer.json()["name"]),
            (StatusCode::OK, &name.into())
        );
    }
    for path in ["%ff", "%C3", "%", "%4", "%zz", "%+1"] {
        let answer = read(&dashboard, &format!("/api/v1/breakers/{path}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(
            answer.error().contains("percent-encoded UTF-8"),
            "{}",
            answer.text
        );
    }
}

#[tokio::test]
async fn health_is_200_and_lists_open_breakers() {
    let (registry, breaker) = orders();
    let dashboard = Dashboard::new(&registry);
    let well = read(&dashboard, "/health").await;
    assert_eq!(
        (well.status, well.json()["open"].to_string()),
        (StatusCode::OK, "[]".to_owned())
    );
    breaker.trip();
    let open = read(&dashboard, "/health").await;
    assert_eq!(
        (open.status, &open.json()["open"][0]),
        (StatusCode::OK, &"orders".into())
    );
}

#[tokio::test]
async fn a_scraper_gets_the_text_of_the_exporter() {
    let (registry, breaker) = orders();
    breaker.trip();
    let dashboard = Dashboard::new(&registry);
    let answer = read(&dashboard, "/metrics").await;
    assert_eq!(answer.headers["content-type"], prometheus::CONTENT_TYPE);
    let open = r#"fusebox_state{breaker="orders",state="open"} 1"#;
    assert!(answer.text.contains(open), "{}", answer.text);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_refused() {
    let (registry, _) = orders();
    let dashboard = Dashboard::new(&registry).allow_commands(token());
    for path in [
        "/nothing",
        "/api/v1",
        "/api/v1/",
        "/api/v2/breakers",
        "/api/v1/breakers/orders/more",
        "/../Cargo.toml",
        "/page/main.js",
    ] {
        assert_eq!(
            read(&dashboard, path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let put = Request::put("/api/v1/breakers").header("host", "localhost");
    let answer = send(&dashboard, put, "").await;
    assert_eq!(
        (answer.status, &answer.headers["allow"]),
        (StatusCode::METHOD_NOT_ALLOWED, &"GET, HEAD".parse().unwrap())
    );
    let answer = send(&dashboard, get("/api/v1/breakers/orders/commands"), "").await;
    assert_eq!(
        (answer.status, &answer.headers["allow"]),
        (StatusCode::METHOD_NOT_ALLOWED, &"POST".parse().unwrap())
    );
}

#[tokio::test]
async fn the_page_finds_its_files_below_any_path() {
    let registry = Registry::new();
    let dashboard = Dashboard::new(&registry).at("ops/fusebox/");
    for path in ["/ops/fusebox", "/ops/fusebox/", "/"] {
        let page = read(&dashboard, path).await;
        assert!(page.text.contains(r#"<base href="/ops/fusebox/">"#), "{path}");
    }
    for path in ["/ops/fusebox/main.js", "/main.js"] {
        assert_eq!(
            read(&dashboard, path).await.headers["content-type"],
            "text/javascript; charset=utf-8"
        );
    }
    assert_eq!(
        read(&dashboard, "/ops/fusebox/api/v1/breakers").await.status,
        StatusCode::OK
    );
}

#[test]
fn every_file_that_a_script_imports_is_served() {
    let mut names = vec![
        "main.js".to_owned(),
        "style.css".to_owned(),
        "icon.svg".to_owned(),
    ];
    let mut index = 0;
    while index < names.len() {
        let asset = assets::find(&names[index]).unwrap_or_else(|| panic!("{}", names[index]));
        for import in asset.text.lines().filter(|line| line.starts_with("import ")) {
            let path = import
                .split('"')
                .nth(1)
                .unwrap()
                .trim_start_matches("./")
                .to_owned();
            if !names.contains(&path) {
                names.push(path);
            }
        }
        index += 1;
    }
    for asset in assets::ALL.iter().filter(|asset| !asset.path.is_empty()) {
        assert!(
            names.iter().any(|name| name == asset.path),
            "not imported: {asset:?}"
        );
    }
}

#[test]
fn no_script_can_make_html_of_a_text() {
    for Asset { path, text, .. } in assets::ALL {
        for word in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "javascript:",
            "http://",
            "https://",
        ] {
            let text = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!text.contains(word), "{path}: {word}");
        }
    }
}

#[test]
fn the_description_has_the_routes_and_no_other() {
    let description: Value = serde_json::from_str(assets::OPENAPI).unwrap();
    let mut described: Vec<_> = description["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().keys();
            methods
                .filter(|key| *key != "parameters")
                .map(|method| (method.clone(), path.clone()))
        })
        .collect();
    let mut routes = ROUTES
        .map(|(method, path)| (method.to_owned(), path.to_owned()))
        .to_vec();
    described.sort();
    routes.sort();
    assert_eq!(described, routes);

    for (method, path) in ROUTES {
        let method: Method = method.to_uppercase().parse().unwrap();
        let route = Route::of(&method, &path.replace("{name}", "orders")).unwrap();
        assert!(!matches!(route, Route::Asset(_)), "{path} is a route");
    }
}

#[tokio::test]
async fn the_description_has_the_fields_of_the_answers() {
    let (registry, breaker) = orders();
    let dashboard = Dashboard::new(&registry);
    let description: Value = serde_json::from_str(assets::OPENAPI).unwrap();
    let schemas = &description["components"]["schemas"];
    let required = |schema: &Value| -> Vec<String> {
        let keys = schema["required"].as_array().unwrap().iter();
        keys.map(|key| key.as_str().unwrap().to_owned()).collect()
    };
    let row = required(&schemas["Row"]);
    let sorted = |mut keys: Vec<String>| {
        keys.sort();
        keys
    };
    let keys = |value: &Value| sorted(value.as_object().unwrap().keys().cloned().collect());
    let states = schemas["State"]["enum"].as_array().unwrap();
    assert!(
        State::ALL
            .iter()
            .all(|state| states.contains(&state.as_str().into()))
    );

    let list = read(&dashboard, "/api/v1/breakers").await.json();
    assert_eq!(keys(&list), sorted(required(&schemas["List"])));
    assert_eq!(
        keys(&list["breakers"][0]),
        sorted([row.clone(), vec!["sparkline".to_owned()]].concat())
    );

    let detail = read(&dashboard, "/api/v1/breakers/orders").await.json();
    assert_eq!(
        keys(&detail),
        sorted([row.clone(), required(&schemas["Detail"]["allOf"][1])].concat())
    );
    assert_eq!(
        keys(&detail["settings"][0]),
        sorted(required(&schemas["Setting"]))
    );

    registry.keyed("shards").build().unwrap().get("eu-1").trip();
    let group = read(&dashboard, "/api/v1/groups/shards").await.json();
    let own = required(&schemas["GroupDetail"]["allOf"][1]);
    assert_eq!(
        keys(&group),
        sorted([row, own, vec!["group".to_owned()]].concat())
    );
    assert_eq!(keys(&group["group"]), sorted(required(&schemas["Group"])));
    let page = read(&dashboard, "/api/v1/groups/shards/keys").await.json();
    assert_eq!(keys(&page), sorted(required(&schemas["Keys"])));
    assert_eq!(keys(&page["keys"][0]), sorted(required(&schemas["Key"])));

    breaker.trip();
    let history = read(&dashboard, "/api/v1/breakers/orders/history").await.json();
    assert_eq!(keys(&history["history"][0]), sorted(required(&schemas["Change"])));
}
