#![no_main]
//! See `properties::grammar` in the attribute's sources.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fusebox_macros::properties::grammar(bytes));
