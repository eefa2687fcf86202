//! The attribute in the output of another macro.
//! There, every token has the span of the call of that macro.

use super::compiler::Compiler;

/// Puts the attribute on a function.
/// The tokens come from text, so they have no spans of their own.
const PRODUCER: &str = r##"
    extern crate proc_macro;
    use proc_macro::TokenStream;

    #[proc_macro_attribute]
    pub fn guarded(arguments: TokenStream, item: TokenStream) -> TokenStream {
        format!("#[::fusebox::circuit_breaker({arguments})] {item}").parse().unwrap()
    }
"##;

const RIGHT: &str = r#"
    #[producer::guarded(threshold = 3, fallback = other, fallback_on = "failure", timeout = "1s")]
    pub async fn load((a, b): (u64, u64)) -> Result<u64, std::io::Error> { Ok(a + b) }

    pub async fn other(_: (u64, u64)) -> Result<u64, std::io::Error> { Ok(1) }
"#;

const WRONG: &str = r"
    #[producer::guarded(threshold = 0, cooldown = 10)]
    pub async fn load(id: u64) -> Result<u64, std::io::Error> { Ok(id) }
";

#[test]
fn errors_in_generated_attributes_are_reported_on_the_generating_macro() {
    let compiler = Compiler::get();
    let producer = compiler.macros_of("producer", PRODUCER);
    let with_producer = format!("--extern=producer={}", producer.display());
    let driver = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let check = |name: &str, text: &str| {
        let flags = ["--edition=2024", "-Dwarnings", &with_producer];
        let found = compiler
            .run_with(&driver, &flags, name, text)
            .expect("rustc runs");
        let one = |found: super::compiler::Diagnostic| (text[found.span].to_owned(), found.message);
        found.into_iter().map(one).collect::<Vec<_>>()
    };
    assert_eq!(check("produced_right", RIGHT), []);

    let found = check("produced_wrong", WRONG);
    let words = [
        "`threshold` must be at least 1",
        "`cooldown` takes a duration string",
    ];
    assert_eq!(found.len(), words.len(), "{found:?}");
    for ((text, message), words) in found.iter().zip(words) {
        assert_eq!(text, "#[producer::guarded(threshold = 0, cooldown = 10)]");
        assert!(message.contains(words), "{message}");
    }
}
