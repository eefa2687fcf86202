//! Generates the gRPC client and server of the program `grpc`.
//!
//! With a `.proto` file, `tonic_prost_build::compile_protos` does the same. It needs `protoc`.

use tonic_build::manual::{Builder, Method, Service};

fn main() {
    let stock = Method::builder()
        .name("stock")
        .route_name("Stock")
        .input_type("crate::Article")
        .output_type("crate::Stock")
        .codec_path("tonic_prost::ProstCodec")
        .build();
    let inventory = Service::builder()
        .name("Inventory")
        .package("shop")
        .method(stock)
        .build();
    Builder::new().compile(&[inventory]);
}
