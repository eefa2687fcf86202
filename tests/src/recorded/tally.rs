//! What a replay found, counted by reason.

use std::collections::BTreeMap;
use std::fmt;

use super::script::Cut;

/// The result of replaying many scenarios.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Scenarios compared to their end.
    pub to_the_end: usize,
    /// Scenarios compared up to the first step at which a rule differs by choice.
    pub cut: BTreeMap<Cut, usize>,
    /// Steps compared, and recorded in all.
    pub steps: (usize, usize),
    /// Columns compared.
    pub columns: usize,
    /// Cancelled calls that were already slow. In resilience4j they are neutral,
    /// but R11 counts such a drop as slow. So the replay ends the call with
    /// `ignore()`.
    pub slow_cancellations: usize,
    /// Readings at the very end of a cooldown.
    /// They are compared by the state that was announced last.
    pub edge_readings: usize,
    /// Every difference, in words.
    pub differences: Vec<String>,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scenarios = self.to_the_end + self.cut.values().sum::<usize>();
        writeln!(
            f,
            "{scenarios} scenarios, {} compared to their end",
            self.to_the_end
        )?;
        for (reason, count) in &self.cut {
            writeln!(f, "  {count:4} compared up to the first {reason:?}")?;
        }
        writeln!(
            f,
            "{} of {} steps and {} columns compared",
            self.steps.0, self.steps.1, self.columns
        )?;
        writeln!(
            f,
            "{} slow cancellations replayed as ignored",
            self.slow_cancellations
        )?;
        writeln!(
            f,
            "{} readings at the end of a cooldown compared by the announced state",
            self.edge_readings
        )?;
        write!(f, "{} differences", self.differences.len())?;
        for difference in self.differences.iter().take(20) {
            write!(f, "\n  {difference}")?;
        }
        Ok(())
    }
}
