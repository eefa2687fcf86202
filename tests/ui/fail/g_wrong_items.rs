use fusebox::circuit_breaker;

#[circuit_breaker]
struct G01;

#[circuit_breaker]
enum G01Enum {}

#[circuit_breaker]
pub(crate) union G01Union { a: u8 }

#[circuit_breaker]
unsafe trait G01Trait {}

#[circuit_breaker]
const G01_CONST: u8 = 1;

#[circuit_breaker]
static G01_STATIC: u8 = 1;

#[circuit_breaker]
type G01Type = u8;

#[circuit_breaker]
use std::io;

#[circuit_breaker]
impl G01 {}

#[circuit_breaker]
fn g03() -> u8 { 1 }

#[circuit_breaker]
fn g05() -> impl std::future::Future<Output = std::io::Result<u8>> { std::future::ready(Ok(1)) }

#[circuit_breaker]
const fn g06() -> u8 { 1 }

trait Trait {
    #[circuit_breaker]
    async fn g07() -> std::io::Result<u8>;
}

#[circuit_breaker]
thread_local! { static G09: u8 = 1; }

#[circuit_breaker]
#[circuit_breaker]
async fn g11() -> std::io::Result<u8> { Ok(1) }

fn main() {}
