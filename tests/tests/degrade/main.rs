//! What answers instead: classification, cooldowns that a service asks for, kept values, and the chain of answers.

mod kept;
mod open_for;
