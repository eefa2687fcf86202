//! The annotated item: its signature parsed, its body one token tree, so that half-typed code stays alive.

pub(crate) mod async_block;
pub(crate) mod attribute;
pub(crate) mod params;
pub(crate) mod return_type;

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Signature, Token, Visibility};

use crate::args::cursor::is;
use crate::diagnostics::Errors;
use crate::item::async_block::AsyncBlock;

/// A function that can be guarded.
#[derive(Clone)]
pub(crate) struct Item {
    /// Outer attributes, and behind them the inner ones of the body.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) defaultness: Option<Token![default]>,
    pub(crate) sig: Signature,
    /// The body with its braces.
    pub(crate) body: Group,
    /// In a function that is not `async`: the block in it that is.
    pub(crate) block: Option<AsyncBlock>,
}

impl Item {
    /// Parses the item, or says why it cannot be guarded (with a reason only where rustc would give none).
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Option<Self> {
        let tokens = without_invisible_group(tokens);
        if let Some((span, message)) = wrong_item(&tokens) {
            errors.push(span, message);
            return None;
        }
        // What does not parse is no valid Rust: rustc reports it itself when it reads the item again.
        let (mut item, body) = parse_function.parse2(tokens).ok()?;
        item.refuse_second_attribute(errors);
        let Some(body) = body else {
            let name = &item.sig.ident;
            let message =
                format!("`{name}` has no body to guard; put `#[circuit_breaker]` on the implementation");
            errors.push(name.span(), message);
            return None;
        };
        item.take_body(&body);
        item.find_block(errors).then_some(item)
    }

    /// Removes the second attribute: it would guard the guarded function.
    fn refuse_second_attribute(&mut self, errors: &mut Errors) {
        self.attrs.retain(|attr| {
            let last = attr.path().segments.last();
            let Some(twice) = last.filter(|segment| segment.ident == "circuit_breaker") else {
                return true;
            };
            errors.push(
                twice.ident.span(),
                "`#[circuit_breaker]` is applied twice; remove one of them",
            );
            false
        });
    }

    /// Inner attributes are not allowed on the blocks that the body is wrapped in, so they move to the function.
    fn take_body(&mut self, body: &Group) {
        let mut tokens: Vec<TokenTree> = body.stream().into_iter().collect();
        while let [hash, bang, TokenTree::Group(inner), ..] = tokens.as_slice() {
            if !is(hash, '#') || !is(bang, '!') || inner.delimiter() != Delimiter::Bracket {
                break;
            }
            let outer: TokenStream = [hash.clone(), TokenTree::Group(inner.clone())]
                .into_iter()
                .collect();
            self.attrs
                .extend(Attribute::parse_outer.parse2(outer).unwrap_or_default());
            tokens.drain(..3);
        }
        let mut plain = Group::new(Delimiter::Brace, tokens.into_iter().collect());
        plain.set_span(body.span());
        self.body = plain;
    }

    fn find_block(&mut self, errors: &mut Errors) -> bool {
        if let Some(word) = self.sig.constness {
            errors.push(
                word.span,
                "`#[circuit_breaker]` cannot guard a `const fn`; remove `const`",
            );
            return false;
        }
        if self.sig.asyncness.is_some() {
            return true;
        }
        match async_block::find(&self.sig, &self.body) {
            Ok(block) => {
                self.block = Some(block);
                true
            }
            Err((span, message)) => {
                match attribute::that_wrapped(&self.body.stream()) {
                    Some(other) => errors.push(
                        self.sig.fn_token.span,
                        format!(
                            "`{other}` has made a plain `fn` of this `async fn` already; write \
                             `#[circuit_breaker]` above `{other}`"
                        ),
                    ),
                    None => errors.push(span, message),
                }
                false
            }
        }
    }

    /// The braces that the breaker goes around.
    pub(crate) fn guarded(&self) -> &Group {
        self.block.as_ref().map_or(&self.body, |block| &block.block)
    }

    /// A body that gives `self` another name, as that of `#[async_trait]` does, would take it away from the fallback:
    /// `let other = self;` becomes a reborrow.
    pub(crate) fn lend_self(&mut self) {
        let guarded = self
            .block
            .as_mut()
            .map_or(&mut self.body, |block| &mut block.block);
        let tokens: Vec<TokenTree> = guarded.stream().into_iter().collect();
        let mut lent = TokenStream::new();
        for (at, token) in tokens.iter().enumerate() {
            let is_whole = is_assigned(tokens.get(..at).unwrap_or_default())
                && tokens.get(at + 1).is_some_and(|next| is(next, ';'));
            if is_whole && matches!(token, TokenTree::Ident(word) if word == "self") {
                lent.extend(quote::quote!(&mut *));
            }
            lent.extend([token.clone()]);
        }
        let mut group = Group::new(Delimiter::Brace, lent);
        group.set_span(guarded.span());
        *guarded = group;
    }

    /// Attributes, visibility and signature, as they were written.
    pub(crate) fn head(&self) -> TokenStream {
        let Self {
            attrs,
            vis,
            defaultness,
            sig,
            ..
        } = self;
        quote::quote!(#(#attrs)* #vis #defaultness #sig)
    }
}

/// Behind a `=` that is no part of `==` or `+=`.
fn is_assigned(before: &[TokenTree]) -> bool {
    let is_joint = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.spacing() == Spacing::Joint);
    match before {
        [.., operator, last] => is(last, '=') && !is_joint(operator),
        _ => false,
    }
}

fn parse_function(input: ParseStream) -> syn::Result<(Item, Option<Group>)> {
    let attrs = input.call(Attribute::parse_outer)?;
    let vis = input.parse()?;
    let named_default = input.peek(Token![default]) && !input.peek2(Token![!]);
    let defaultness = if named_default { Some(input.parse()?) } else { None };
    let sig = input.parse()?;
    let body = if input.parse::<Option<Token![;]>>()?.is_some() {
        None
    } else {
        Some(input.parse()?)
    };
    let body = body.map(|tree: TokenTree| braces(tree).ok_or_else(|| input.error("expected a body")));
    let none = Group::new(Delimiter::Brace, TokenStream::new());
    Ok((
        Item {
            attrs,
            vis,
            defaultness,
            sig,
            body: none,
            block: None,
        },
        body.transpose()?,
    ))
}

/// The brace group, also of `$body:block`, which arrives in a group that nobody wrote.
fn braces(tree: TokenTree) -> Option<Group> {
    let TokenTree::Group(group) = tree else {
        return None;
    };
    match group.delimiter() {
        Delimiter::Brace => Some(group),
        Delimiter::None => group.stream().into_iter().next().and_then(braces),
        _ => None,
    }
}

fn without_invisible_group(tokens: TokenStream) -> TokenStream {
    let mut all = tokens.clone().into_iter();
    match (all.next(), all.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => {
            without_invisible_group(group.stream())
        }
        _ => tokens,
    }
}

/// Items that are no functions: the keyword, and what to say.
fn wrong_item(tokens: &TokenStream) -> Option<(proc_macro2::Span, String)> {
    let mut tokens = tokens.clone().into_iter().peekable();
    while let Some(token) = tokens.next() {
        let TokenTree::Ident(word) = &token else {
            // Attributes, and the `(crate)` of a visibility.
            continue;
        };
        let next_is = |next: &TokenTree| matches!(next, TokenTree::Ident(next) if is_function_word(next));
        let thing = match word.unraw().to_string().as_str() {
            "fn" => return None,
            "pub" | "default" | "unsafe" | "async" | "extern" | "crate" => continue,
            "const" | "static" if tokens.peek().is_some_and(next_is) => continue,
            "macro_rules" => "a macro",
            "impl" => {
                let message = "put `#[circuit_breaker]` on each `async fn` in the block";
                return Some((word.span(), message.to_owned()));
            }
            "const" => "a constant",
            "struct" => "a struct",
            "enum" => "an enum",
            "union" => "a union",
            "trait" => "a trait",
            "mod" => "a module",
            "use" => "a `use`",
            "static" => "a static",
            "type" => "a type alias",
            _ if tokens.peek().is_some_and(|next| is(next, '!') || is(next, ':')) => {
                let message = "a macro call expands to items that are not known here; put `#[circuit_breaker]` \
                               on the `async fn` inside the macro";
                return Some((word.span(), message.to_owned()));
            }
            _ => return None,
        };
        let message = format!("`#[circuit_breaker]` guards an `async fn`; it cannot be placed on {thing}");
        return Some((word.span(), message));
    }
    None
}

fn is_function_word(word: &proc_macro2::Ident) -> bool {
    ["fn", "async", "unsafe", "extern"]
        .iter()
        .any(|known| word == known)
}

impl ToTokens for Item {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.head().to_tokens(tokens);
        self.body.to_tokens(tokens);
    }
}
