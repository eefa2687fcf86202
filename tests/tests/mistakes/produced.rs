//! The attribute as another macro writes it, where every token stands on the call of that macro.

use crate::compiler::Compiler;

/// Puts our attribute on a function. Its tokens come from text, so they have no place of their own.
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
fn i06_what_another_macro_writes_is_told_on_its_call() {
    let compiler = Compiler::get();
    let producer = compiler.macros_of("producer", PRODUCER);
    let with_producer = format!("--extern=producer={}", producer.display());
    let driver = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let check = |name: &str, text: &str| {
        let flags = ["--edition=2024", "-Dwarnings", &with_producer];
        let said = compiler
            .run_with(&driver, &flags, name, text)
            .expect("rustc runs");
        let one = |said: crate::compiler::Said| (text[said.span].to_owned(), said.message);
        said.into_iter().map(one).collect::<Vec<_>>()
    };
    assert_eq!(check("produced_right", RIGHT), []);

    let said = check("produced_wrong", WRONG);
    let words = [
        "`threshold` must be at least 1",
        "`cooldown` takes a duration string",
    ];
    assert_eq!(said.len(), words.len(), "{said:?}");
    for ((text, message), words) in said.iter().zip(words) {
        assert_eq!(text, "#[producer::guarded(threshold = 0, cooldown = 10)]");
        assert!(message.contains(words), "{message}");
    }
}
