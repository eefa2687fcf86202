//! Tests of the windows: against naive twins, at their ends, across the wrap of generations, and while they are replaced.

mod ends;
mod ring;
mod twins;
mod wrap;
