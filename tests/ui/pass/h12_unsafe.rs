//! H12: unsafe functions stay as unsafe as they are.
#![deny(warnings)]
#![allow(improper_ctypes_definitions)]

use fusebox::circuit_breaker;

async unsafe fn raw(pointer: *const u8) -> u8 {
    unsafe { *pointer }
}

#[circuit_breaker]
async unsafe fn guarded(pointer: *const u8) -> std::io::Result<u8> {
    Ok(unsafe { raw(pointer).await })
}

#[circuit_breaker(fallback = other)]
async unsafe extern "C" fn guarded_c(_pointer: *const u8) -> std::io::Result<u8> {
    Ok(1)
}

async fn other(_: *const u8) -> std::io::Result<u8> {
    Ok(1)
}

fn main() {
    let _ = unsafe { guarded(&1) };
    let _ = unsafe { guarded_c(&1) };
}
