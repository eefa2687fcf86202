//! The page as a service.

use std::{
    convert::Infallible,
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header::RETRY_AFTER, request::Parts};
use serde_json::json;
use tower_service::Service;

use super::{
    Body, Token,
    answer::{JSON, Problem, json, respond, to_json},
    assets,
    board::Board,
    command::{PageCommand, Target},
    feed::Feed,
    fleet::Joined,
    limiter::{COMMANDS, Limiter},
    page_of::PageOf,
    policy::AccessPolicy,
    request_body,
    route::{Route, no_such_path},
    view::{FleetView, HistoryView, KeysView},
};
use crate::{
    breaker::CircuitBreaker,
    metrics::prometheus,
    registry::{KeyedBreakers, Registry},
    state::State,
};

/// How many open breakers the health check lists.
const MOST_OPEN: usize = 1_000;

/// The operator's page and its HTTP API, for one registry.
///
/// | | default | method |
/// |---|---|---|
/// | reading | every client | [`require_token`](Self::require_token) |
/// | commands | refused | [`allow_commands`](Self::allow_commands) |
/// | `Host` | loopback names, the address of `serve` | [`allow_host`](Self::allow_host) |
/// | path | `/` | [`at`](Self::at) |
/// | the fleet | not shown | `fleet` (feature `fleet`) |
///
/// It starts one thread, which ends with the last clone. All clones are one page.
///
/// # Cost
/// Nothing for a call. Each second, the thread takes one snapshot of each breaker. Memory:
///
/// ```text
/// per breaker      768 bytes and its texts; 3,600 bytes more for 5 minutes after a call
/// snapshot, list   about 600 bytes per breaker each, made once a second if a client reads them
/// events           at most the last 16, shared by all clients
/// ```
#[derive(Debug, Clone)]
#[must_use = "a dashboard does nothing until it is served"]
pub struct Dashboard {
    pub(super) registry: Registry,
    pub(super) policy: Arc<AccessPolicy>,
    limiter: Arc<Limiter>,
    path: Arc<str>,
    feed: Feed,
    pub(super) fleet: Option<Arc<Joined>>,
}

/// The response to one request of [`Dashboard`].
#[must_use = "futures do nothing unless polled"]
pub struct ResponseFuture(Pin<Box<dyn Future<Output = Response<Body>> + Send>>);

impl Dashboard {
    /// Shows this registry. Every client may read, none may command.
    pub fn new(registry: &Registry) -> Self {
        Self {
            registry: registry.clone(),
            policy: Arc::default(),
            limiter: Arc::default(),
            path: "/".into(),
            feed: Feed::start(registry.clone()),
            fleet: None,
        }
    }

    /// Accepts commands from clients that present this token.
    pub fn allow_commands(mut self, token: Token) -> Self {
        Arc::make_mut(&mut self.policy).operators = Some(token);
        self
    }

    /// Shows breakers only to clients that present this token, or that of
    /// [`allow_commands`](Self::allow_commands).
    ///
    /// The files of the page stay open, and `health` without a token does not name a breaker.
    pub fn require_token(mut self, token: Token) -> Self {
        Arc::make_mut(&mut self.policy).readers = Some(token);
        self
    }

    /// Answers requests for this host name too, such as `ops.example.com`.
    ///
    /// The port does not matter.
    ///
    /// Every other name is refused, because a foreign page could make its own name point to this
    /// machine (DNS rebinding).
    pub fn allow_host(mut self, host: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.policy).hosts.push(host.into());
        self
    }

    /// Serves the page below this path, to nest it in another service.
    ///
    /// ```
    /// # fn router() -> axum::Router {
    /// # use fusebox::{Registry, dashboard::Dashboard};
    /// let page = Dashboard::new(Registry::global()).at("/fusebox");
    /// axum::Router::new().nest_service("/fusebox", page)
    /// # }
    /// ```
    pub fn at(mut self, path: impl AsRef<str>) -> Self {
        let path = path.as_ref().trim_matches('/');
        self.path = if path.is_empty() {
            "/".into()
        } else {
            format!("/{path}/").into()
        };
        self
    }

    async fn respond<B: http_body::Body>(self, request: Request<B>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        self.answer(&parts, body).await.unwrap_or_else(Into::into)
    }

    async fn answer<B: http_body::Body>(&self, request: &Parts, body: B) -> Result<Response<Body>, Problem> {
        self.policy.check_host(request)?;
        let route = Route::of(&request.method, self.path_of(request))?;
        match route {
            Route::Asset(path) => self.asset(&path),
            Route::OpenApi => Ok(respond(StatusCode::OK, JSON, Body::whole(assets::OPENAPI))),
            Route::Health => Ok(self.health(request)),
            Route::Commands(name) => self.command(request, &name, body).await,
            read => {
                self.policy.check_reader(&request.headers)?;
                self.read(request, read).await
            }
        }
    }

    /// Returns the path below that of the page, which another service may have
    /// stripped.
    fn path_of<'a>(&self, request: &'a Parts) -> &'a str {
        let path = request.uri.path();
        if path.strip_suffix('/').unwrap_or(path) == self.path.trim_end_matches('/') {
            return "";
        }
        path.strip_prefix(&*self.path).unwrap_or(path)
    }

    async fn read(&self, request: &Parts, route: Route) -> Result<Response<Body>, Problem> {
        let body: Bytes = match route {
            Route::Metrics => {
                let text = self.feed.read(|board| board.metrics()).await?;
                return Ok(respond(
                    StatusCode::OK,
                    prometheus::CONTENT_TYPE,
                    Body::whole(text),
                ));
            }
            Route::Events if request.method == Method::HEAD => Bytes::new(),
            Route::Events => {
                let events = Body::events(self.feed.join().await?);
                return Ok(respond(StatusCode::OK, "text/event-stream", events));
            }
            Route::Breaker(name) => self.detail(self.breaker(&name)?).await?,
            Route::Group(name) => {
                let group = self.group(&name)?;
                self.feed.read(move |board| board.group(&group)).await?.into()
            }
            Route::Keys(name) => {
                let group = self.group(&name)?;
                let page = PageOf::parse(request.uri.query().unwrap_or_default())?;
                // On the thread of the page: a group may have 100,000 keys.
                let keys = self.feed.read(move |_| to_json(&KeysView::new(&group, &page)));
                keys.await?.into()
            }
            Route::Fleet => to_json(&*self.fleet_view().await.ok_or_else(no_fleet)?).into(),
            Route::History(name) => to_json(&HistoryView::new(self.breaker(&name)?.history())).into(),
            Route::Breakers => self.feed.read(Board::list).await?,
            _ => return Err(no_such_path()),
        };
        Ok(respond(StatusCode::OK, JSON, Body::whole(body)))
    }

    async fn command<B: http_body::Body>(
        &self,
        request: &Parts,
        name: &str,
        body: B,
    ) -> Result<Response<Body>, Problem> {
        self.policy.check_command(request)?;
        if !self.limiter.take(Instant::now()) {
            let message = format!("more than {COMMANDS} commands within a second");
            return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, message).with_header(RETRY_AFTER, "1"));
        }
        let body = request_body::read(body).await?;
        let command = match PageCommand::parse(&body) {
            Ok(command) => command,
            // An unknown name comes first.
            Err(problem) => return Err(self.breaker(name).err().unwrap_or(problem)),
        };
        let on = match self.target(&command)? {
            Target::This => {
                let breaker = self.breaker(name)?;
                command.apply(&breaker)?;
                let detail = self.detail(breaker).await?;
                return Ok(respond(StatusCode::OK, JSON, Body::whole(detail)));
            }
            Target::Instance(instance) => Some(instance),
            Target::All => None,
        };
        let fleet = self.fleet.as_ref().ok_or_else(no_fleet)?;
        let is_here = self.registry.get(name).is_some();
        Ok(json(&*fleet.act((name, is_here), on, &command).await?))
    }

    /// Returns the instances that a command is for.
    ///
    /// `This` also by its own name.
    fn target<'a>(&self, command: &'a PageCommand) -> Result<Target<'a>, Problem> {
        match command.target() {
            Target::Instance(instance) if self.fleet.as_ref().ok_or_else(no_fleet)?.is(instance) => {
                Ok(Target::This)
            }
            target => Ok(target),
        }
    }

    async fn detail(&self, breaker: CircuitBreaker) -> Result<Bytes, Problem> {
        let fleet = self.fleet_view().await;
        let detail = self
            .feed
            .read(move |board| board.detail(&breaker, fleet.as_deref()));
        detail.await.map(Bytes::from)
    }

    /// Returns what the store holds, if this page shows a fleet.
    async fn fleet_view(&self) -> Option<Arc<FleetView>> {
        match &self.fleet {
            Some(fleet) => Some(fleet.view().await),
            None => None,
        }
    }

    fn asset(&self, path: &str) -> Result<Response<Body>, Problem> {
        let asset = assets::find(path).ok_or_else(no_such_path)?;
        let text = match path {
            "" => self.page(asset.text).into(),
            _ => Bytes::from_static(asset.text.as_bytes()),
        };
        Ok(respond(StatusCode::OK, asset.content_type, Body::whole(text)))
    }

    /// Returns the page with what its scripts need.
    ///
    /// Its path, whether it shows a fleet, and whether it may command.
    fn page(&self, html: &str) -> String {
        let html = html.replace("<base href=\"/\">", &format!("<base href=\"{}\">", self.path));
        let html = match self.fleet {
            Some(_) => html.replace("data-fleet=\"off\"", "data-fleet=\"on\""),
            None => html,
        };
        match self.policy.operators {
            Some(_) => html.replace("data-commands=\"off\"", "data-commands=\"on\""),
            None => html,
        }
    }

    /// Always 200: with an open breaker, this service protects itself.
    fn health(&self, request: &Parts) -> Response<Body> {
        if !self.policy.is_reader(&request.headers) {
            return json(&json!({ "status": "ok" }));
        }
        let is_open = |breaker: &CircuitBreaker| matches!(breaker.state(), State::Open | State::ForcedOpen);
        let keyed = self.registry.groups().flat_map(|group| group.iter());
        let open: Vec<_> = self
            .registry
            .iter()
            .chain(keyed)
            .filter(is_open)
            .map(|breaker| breaker.name().to_owned())
            .take(MOST_OPEN)
            .collect();
        json(&json!({ "status": "ok", "open": open }))
    }

    fn group(&self, name: &str) -> Result<KeyedBreakers, Problem> {
        let message = || format!("there is no group of circuit breakers `{name}`");
        let found = self.registry.group(name);
        found.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, message()))
    }

    fn breaker(&self, name: &str) -> Result<CircuitBreaker, Problem> {
        self.registry.get(name).ok_or_else(|| {
            Problem::new(
                StatusCode::NOT_FOUND,
                format!("there is no circuit breaker `{name}`"),
            )
        })
    }
}

fn no_fleet() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "this page shows no fleet; add one with `Dashboard::fleet`",
    )
}

impl<B> Service<Request<B>> for Dashboard
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        ResponseFuture(Box::pin(self.clone().respond(request)))
    }
}

impl Future for ResponseFuture {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context).map(Ok)
    }
}

impl fmt::Debug for ResponseFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
