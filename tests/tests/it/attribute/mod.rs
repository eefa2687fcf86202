//! The attribute at run time: names, fallbacks, classification, trial calls.

mod card;
mod catalogue;
mod classification;
mod classifiers;
mod conflicts;
mod error_text;
mod fallback_chain;
mod fallback_cycle;
mod fallbacks;
mod given;
mod isolation;
mod keyed;
mod made_by_macro;
mod refused;
mod synchronous;
mod trials;
