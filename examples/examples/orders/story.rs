//! What happens to inventory, and when.

use std::time::Duration;

use tokio::time;

use crate::{
    inventory::{Health, Inventory},
    notes::Notes,
};

/// How often a line is printed.
pub(crate) const TICK: Duration = Duration::from_millis(500);

/// The acts: the health of inventory, and how long it lasts.
pub(crate) const ACTS: [(Health, Duration); 4] = [
    (Health::Healthy, Duration::from_secs(3)),
    (Health::Failing, Duration::from_secs(3)),
    (Health::Hanging, Duration::from_secs(5)),
    (Health::Healthy, Duration::from_secs(4)),
];

/// Takes inventory through all acts.
pub(crate) async fn tell(inventory: Inventory, notes: Notes) {
    let mut end = time::Instant::now();
    for (health, duration) in ACTS {
        inventory.become_(health);
        notes.act(health);
        end += duration;
        time::sleep_until(end).await;
    }
    // The last tick is at the end of the last act; let it be printed.
    time::sleep(TICK / 10).await;
}

/// How long all acts take.
pub(crate) fn length() -> Duration {
    ACTS.iter().map(|(_, duration)| *duration).sum()
}
