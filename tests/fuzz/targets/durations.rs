#![no_main]
//! Durations against `humantime`; see `properties::duration` in `macros/src`.

libfuzzer_sys::fuzz_target!(|text: &str| {
    fusebox_macros::properties::duration(text, |text| humantime::parse_duration(text).ok());
});
