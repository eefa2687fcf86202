//! Tests of the windows: against twins, at their ends, and across the wrap.

mod ends;
mod memory;
mod ring;
mod twins;
mod wrap;
