//! The annotated function.
//!
//! Its signature is parsed; its body stays one token tree, so that unfinished code survives.

mod async_block;
pub(crate) mod attribute;
pub(crate) mod cfg_params;
mod other_items;
pub(crate) mod params;
pub(crate) mod return_type;

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Signature, Token, Visibility};

pub(crate) use self::async_block::AsyncBlock;
use crate::diagnostics::Errors;
use crate::tokens::is;

/// A function that can be guarded.
#[derive(Clone)]
pub(crate) struct Item {
    /// The outer attributes, and then the inner ones of the body.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) defaultness: Option<Token![default]>,
    pub(crate) sig: Signature,
    /// The body, with its braces.
    pub(crate) body: Group,
    /// The body with its inner attributes.
    pub(crate) written: Group,
    /// The guarded `async` block of a function that returns a future.
    pub(crate) block: Option<AsyncBlock>,
}

impl Item {
    /// Parses the item.
    ///
    /// If it is not a valid function, rustc reports the error, and this method reports nothing.
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Option<Self> {
        let tokens = without_invisible_group(tokens);
        if let Some((span, message)) = other_items::find(&tokens) {
            errors.push(span, message);
            return None;
        }
        // The tokens are not valid Rust. rustc reports that when it parses the item in the output.
        let (mut item, body) = parse_function.parse2(tokens).ok()?;
        item.remove_second_attribute(errors);
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

    /// Reports and removes a second `#[circuit_breaker]`.
    fn remove_second_attribute(&mut self, errors: &mut Errors) {
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

    /// Sets the body.
    ///
    /// Its inner attributes move to the function, because they may not stand in a nested block.
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
        self.written = body.clone();
        self.body = body.clone();
        if tokens.len() < body.stream().into_iter().count() {
            self.body = Group::new(Delimiter::Brace, tokens.into_iter().collect());
            self.body.set_span(body.span());
        }
    }

    /// Finds the `async` block of a function that returns a future.
    ///
    /// Returns whether the item can be guarded.
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
        let found = async_block::find(&self.sig, &self.body);
        if let Ok(Some(block)) = found {
            self.block = Some(block);
            return true;
        }
        if let Some(other) = attribute::that_wrapped(&self.body.stream()) {
            let message = format!(
                "`{other}` has already turned this `async fn` into a plain `fn`; write `#[circuit_breaker]` above \
                 `{other}`"
            );
            errors.push(self.sig.fn_token.span, message);
            return false;
        }
        match found {
            Ok(_) => true,
            Err((span, message)) => {
                errors.push(span, message);
                false
            }
        }
    }

    /// Returns whether the guarded code is polled.
    ///
    /// Otherwise it runs on the thread of the caller.
    pub(crate) fn is_async(&self) -> bool {
        self.sig.asyncness.is_some() || self.block.is_some()
    }

    /// Returns the block that the breaker guards.
    pub(crate) fn guarded(&self) -> &Group {
        self.block.as_ref().map_or(&self.body, |block| &block.block)
    }

    /// Turns `let other = self;` in the body into a reborrow.
    ///
    /// `#[async_trait]` writes such a line. It would move `self`, and the fallback could not use it
    /// any more.
    pub(crate) fn reborrow_self(&mut self) {
        let guarded = self
            .block
            .as_mut()
            .map_or(&mut self.body, |block| &mut block.block);
        let tokens: Vec<TokenTree> = guarded.stream().into_iter().collect();
        let mut reborrowed = TokenStream::new();
        for (at, token) in tokens.iter().enumerate() {
            let is_whole = is_assigned(tokens.get(..at).unwrap_or_default())
                && tokens.get(at + 1).is_some_and(|next| is(next, ';'));
            if is_whole && matches!(token, TokenTree::Ident(word) if word == "self") {
                reborrowed.extend(quote!(&mut *));
            }
            reborrowed.extend([token.clone()]);
        }
        let mut group = Group::new(Delimiter::Brace, reborrowed);
        group.set_span(guarded.span());
        *guarded = group;
    }

    /// Returns attributes, visibility and signature.
    pub(crate) fn head(&self) -> TokenStream {
        let Self {
            attrs,
            vis,
            defaultness,
            sig,
            ..
        } = self;
        quote!(#(#attrs)* #vis #defaultness #sig)
    }
}

/// Returns whether the tokens end in a `=` that is not part of `==` or `+=`.
fn is_assigned(before: &[TokenTree]) -> bool {
    let is_joint = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.spacing() == Spacing::Joint);
    match before {
        [.., operator, last] => is(last, '=') && !is_joint(operator),
        _ => false,
    }
}

/// Parses a function and, unless it ends in `;`, its body.
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
            body: none.clone(),
            written: none,
            block: None,
        },
        body.transpose()?,
    ))
}

/// Returns the brace group.
///
/// A `$body:block` of a `macro_rules!` arrives in an invisible group around it.
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

/// Unpacks an item that a `macro_rules!` passed in an invisible group.
fn without_invisible_group(tokens: TokenStream) -> TokenStream {
    let mut all = tokens.clone().into_iter();
    match (all.next(), all.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => {
            without_invisible_group(group.stream())
        }
        _ => tokens,
    }
}

impl ToTokens for Item {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.head().to_tokens(tokens);
        self.body.to_tokens(tokens);
    }
}
