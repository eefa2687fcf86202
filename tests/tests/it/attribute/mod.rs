//! The attribute at run time: names, fallbacks, classification, trial calls.

mod card;
#[cfg(feature = "catalog")]
mod catalogue;
mod classification;
mod classifiers;
mod conflicts;
mod error_text;
mod fallback_chain;
// Forces every function of the module open, by the catalogue.
#[cfg(feature = "catalog")]
mod fallback_cycle;
mod fallbacks;
mod given;
mod isolation;
mod keyed;
mod made_by_macro;
mod refused;
mod refused_with_parameters;
mod synchronous;
mod trials;
