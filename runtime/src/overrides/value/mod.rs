//! The value of a key, and the message if it is something else.
//!
//! The messages are those of the attribute.

mod literal;
mod number;
mod parsed;
mod rate;
mod read;
mod text;

pub(super) use literal::Literal;
pub(super) use parsed::Value;
pub(super) use rate::as_rate;
pub(super) use read::{of_literal, of_variable};
pub(super) use text::in_whole_numbers;
