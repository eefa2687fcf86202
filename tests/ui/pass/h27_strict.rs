//! H27: no prelude, no unsafe code, no warning of any kind.
#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(warnings, unused, missing_docs, unreachable_pub, single_use_lifetimes, unused_qualifications, unused_results)]
#![deny(let_underscore_drop, trivial_casts, unit_bindings, variant_size_differences, explicit_outlives_requirements)]

use ::fusebox::circuit_breaker;

#[circuit_breaker(threshold = "50%", window = "10s", fallback = other, fallback_on = "failure", timeout = "1s")]
async fn guarded(id: u64, mut text: ::std::string::String) -> ::std::result::Result<u64, ::std::io::Error> {
    text.push('x');
    ::std::result::Result::Ok(id)
}

async fn other(id: u64, _: ::std::string::String) -> ::std::result::Result<u64, ::std::io::Error> {
    ::std::result::Result::Ok(id)
}

#[circuit_breaker(failure = ::std::result::Result::Err(_), ignore = ::std::result::Result::Ok(0))]
async fn judged(id: u64) -> ::std::result::Result<u64, ::std::io::Error> {
    ::std::result::Result::Ok(id)
}

fn main() {
    ::std::mem::drop(guarded(1, ::std::string::String::new()));
    ::std::mem::drop(judged(1));
}
