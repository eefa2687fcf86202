//! A database whose connections are all in use: sqlx and `SQLite`.
//!
//! `cargo run -p fusebox-integrations --bin database`

mod orders;

use std::{error::Error, time::Duration};

use fusebox::{CircuitBreaker, Rejected, State};
use sqlx::sqlite::SqlitePoolOptions;
use tokio::time::sleep;

use orders::item;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_millis(200))
        .connect("sqlite::memory:")
        .await?;
    sqlx::query("CREATE TABLE orders (id INTEGER PRIMARY KEY, item TEXT NOT NULL)")
        .execute(&pool)
        .await?;
    sqlx::query("INSERT INTO orders VALUES (7, 'lamp')")
        .execute(&pool)
        .await?;
    let breaker = CircuitBreaker::builder("orders database").build()?;

    println!("The database answers.");
    assert_eq!(show(item(&pool, 7).await)?, "lamp");
    for _ in 0..3 {
        assert!(matches!(
            show(item(&pool, 8).await),
            Err(sqlx::Error::RowNotFound)
        ));
    }
    assert_eq!(breaker.state(), State::Closed, "a missing row is not a failure");

    println!("A report holds all connections of the pool.");
    let report = pool.begin().await?;
    for _ in 0..3 {
        assert!(matches!(
            show(item(&pool, 7).await),
            Err(sqlx::Error::PoolTimedOut)
        ));
    }
    println!("After three failures, no query waits for a connection.");
    let error = show(item(&pool, 7).await).expect_err("the breaker is open");
    assert!(Rejected::find(&error).is_some());

    println!("The report is complete.");
    report.commit().await?;
    sleep(Duration::from_secs(1)).await;
    assert_eq!(show(item(&pool, 7).await)?, "lamp");
    assert_eq!(breaker.state(), State::Closed);
    Ok(())
}

fn show(answer: sqlx::Result<String>) -> sqlx::Result<String> {
    match &answer {
        Ok(item) => println!("  {item}"),
        Err(error) => println!("  {error}"),
    }
    answer
}
