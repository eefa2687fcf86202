//! The operator's page, while the story happens again and again.

use std::{
    error::Error,
    hash::{BuildHasher, RandomState},
    net::SocketAddr,
    time::Instant,
};

use fusebox::{
    Registry,
    dashboard::{Dashboard, Token},
};
use tokio::sync::mpsc;

use crate::{inventory::Inventory, load::Load, notes::Notes, shop, shop::Shop, story, verdict::Verdict};

/// Serves the page and repeats the story. Returns only if it cannot be served.
pub(crate) async fn serve(address: SocketAddr) -> Result<Verdict, Box<dyn Error>> {
    let registry = Registry::global();
    registry.declare_all()?;
    let breaker = registry.get(shop::BREAKER).ok_or("the breaker is not declared")?;

    let secret = format!("{:016x}", RandomState::new().hash_one(address));
    let page = Dashboard::new(registry)
        .allow_commands(Token::new(&secret)?)
        .serve(address.to_string())
        .await?;
    println!("The page:  http://{}", page.address());
    println!("Its token: {secret}  (commands need it)");
    println!("Inventory is healthy, fails, hangs, and is healthy again, until Ctrl-C.");

    let inventory = Inventory::default();
    let inventory_address = inventory.clone().serve().await?;
    let shop_address = Shop::new(inventory_address).serve().await?;
    loop {
        // The page shows what happens, so the notes have no reader.
        let (sender, _) = mpsc::unbounded_channel();
        let notes = Notes::new(sender, Instant::now());
        let load = Load::new(shop_address, inventory.clone(), breaker.clone(), notes.clone());
        let load = tokio::spawn(load.run());
        story::tell(inventory.clone(), notes).await;
        load.await?;
        inventory.forget_arrivals();
    }
}
