#![no_main]
//! See `properties::any_tokens` in the attribute's sources.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fusebox_macros::properties::any_tokens(bytes));
