//! A page of one instance that takes commands with a token.

use fusebox::{
    Registry,
    dashboard::{Dashboard, Server, Token},
};

pub(crate) const TOKEN: &str = "3f9a62c07d5b41e8";

pub(crate) async fn serve(registry: &Registry) -> Server {
    Dashboard::new(registry)
        .allow_commands(Token::new(TOKEN).unwrap())
        .serve("127.0.0.1:0")
        .await
        .unwrap()
}
