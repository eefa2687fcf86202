//! The output for editors: the function as it was written, and its arguments.
//!
//! rust-analyzer expands the macro in a process of its own and never runs the output. So the output
//! is made for reading:
//!
//! * The signature and the body are the tokens of the user, each once. So hover, rename and
//!   completion in them are those of the plain function.
//! * Before the body stands one block of dead code with the arguments, each once. In it, they have
//!   the types and the parameters that they have in the generated code.
//! * Right and wrong arguments give the same output, except for the errors after it. To complete a
//!   word, rust-analyzer expands the attribute with and without the word. The two texts must be
//!   equal up to it.

mod call;
mod half_typed;
mod keys;
mod spans;
mod values;

use std::env;
use std::sync::LazyLock;

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use crate::item::Item;
use crate::plan::Plan;
use crate::tokens::is;

/// Returns whether rust-analyzer runs the macro, rather than a compiler.
///
/// Two simpler tests were refused. A `cfg(rust_analyzer)` in the output would need each function
/// twice. The environment variable that rust-analyzer sets is also set in some shells in which
/// compilers run.
pub(crate) fn runs_macro() -> bool {
    static IS_EDITOR: LazyLock<bool> = LazyLock::new(|| {
        let program = env::current_exe().unwrap_or_default();
        let name = program.file_name().unwrap_or_default();
        name.to_string_lossy().contains("rust-analyzer")
    });
    *IS_EDITOR
}

/// Returns the function for an editor.
pub(crate) fn item(plan: &Plan, item: &Item) -> TokenStream {
    let hints = hints(plan, item);
    let body = match &item.block {
        Some(block) => {
            let inner = around_body(&hints, &block.block);
            block.replaced(&item.body, inner)
        }
        None => with_hints(&hints, &item.written),
    };
    let head = item.head();
    quote!(#head #body)
}

/// Returns one statement with all arguments.
///
/// Nothing in it is visible in the body.
fn hints(plan: &Plan, item: &Item) -> TokenStream {
    let keys = keys::imports(plan);
    let values = values::statements(plan, item);
    // In a compiler, this output would run the function without its breaker.
    quote_spanned! {Span::mixed_site()=>
        if false {
            #[cfg(not(rust_analyzer))]
            ::core::compile_error!("`#[circuit_breaker]` mistook this compiler for rust-analyzer; please report it");
            #keys
            #values
        }
    }
}

/// Returns a block with the hints before the whole body.
///
/// The body keeps its own braces, where an editor underlines a missing value.
fn with_hints(hints: &TokenStream, body: &Group) -> Group {
    let mut outer = Group::new(Delimiter::Brace, quote!(#hints #body));
    outer.set_span(body.span());
    outer
}

/// Puts the hints directly before the body that the user wrote.
///
/// `#[async_trait]` binds the parameters again, and puts the body after that, in braces.
fn around_body(hints: &TokenStream, block: &Group) -> Group {
    let mut tokens: Vec<TokenTree> = block.stream().into_iter().collect();
    let Some(at) = body_of_async_trait(&tokens) else {
        return with_hints(hints, block);
    };
    if let Some(TokenTree::Group(body)) = tokens.get_mut(at) {
        *body = with_hints(hints, body);
    }
    let mut replaced = Group::new(Delimiter::Brace, tokens.into_iter().collect());
    replaced.set_span(block.span());
    replaced
}

/// Finds `{ … }` in `let __ret: R = { … };`.
fn body_of_async_trait(tokens: &[TokenTree]) -> Option<usize> {
    let is_word = |token: &TokenTree, name: &str| matches!(token, TokenTree::Ident(word) if word == name);
    let start = tokens.windows(2).position(
        |pair| matches!(pair, [first, second] if is_word(first, "let") && is_word(second, "__ret")),
    )?;
    let behind = tokens.get(start..)?;
    let end = start + behind.iter().position(|token| is(token, ';'))?;
    let at = end.checked_sub(1)?;
    matches!(tokens.get(at), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace)
        .then_some(at)
}
