//! What answers instead: classification, cooldowns that a service asks for, kept values, and the chain of answers.

mod chain;
mod classifiers;
mod kept;
mod last_good;
mod open_for;
mod size;
