//! The arguments that both the body and the fallback use.
//!
//! With `fallback_on = "failure"`, the fallback needs them after the body has run. So does the
//! closure of `error` after a timeout; what is written here about the fallback holds for it too.
//!
//! The body gets a clone, and the fallback gets the original. Until the body has ended, the
//! originals wait in `__saved`, a nested tuple: `((((), a), b), c)`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Pat;

use crate::args::value::{Closure, Fallback};
use crate::item::params::{self, Param, SelfKind};
use crate::plan::Plan;
use crate::tokens::{mentions, uses};

/// The part that uses arguments after the body has run.
#[derive(Clone, Copy)]
enum Later<'a> {
    /// A fallback by path, which gets all arguments.
    Path,
    /// A fallback, or the closure of `error`.
    Closure(&'a Closure),
}

impl<'a> Later<'a> {
    fn of(plan: &'a Plan) -> Option<Self> {
        let fallback = plan.fallback.as_ref().filter(|_| plan.fallback_on_failure);
        let fallback = fallback.map(|fallback| match fallback {
            Fallback::Path(_) => Self::Path,
            Fallback::Closure(closure) => Self::Closure(closure),
        });
        fallback.or_else(|| plan.error_after_timeout().map(Self::Closure))
    }
}

#[derive(Default)]
pub(super) struct ClonedArgs {
    args: Vec<ClonedArg>,
    /// Whether the body reborrows `&mut self`.
    pub(super) reborrows_self: bool,
    /// Whether the fallback gets an owned `self`, under the name `__self`.
    pub(super) renames_self: bool,
    receiver: Option<Ident>,
    /// Whether the body does not use `self`, so that there is nothing to clone.
    moves_self: bool,
    /// The function of the runtime that clones.
    keep: Keep,
}

#[derive(Clone, Copy, Default)]
enum Keep {
    #[default]
    ForFallback,
    ForError,
}

impl Keep {
    fn function(self) -> Ident {
        let name = match self {
            Self::ForFallback => "keep",
            Self::ForError => "keep_for_error",
        };
        Ident::new(name, Span::mixed_site())
    }
}

/// One argument that the fallback uses.
struct ClonedArg {
    name: Ident,
    /// The binding of the clone in the body.
    pat: Pat,
    is_mut_ref: bool,
    /// Whether the body does not use it, so that there is nothing to clone.
    is_moved: bool,
    /// Whether the fallback takes the pattern apart too.
    is_taken_apart: bool,
}

impl ClonedArgs {
    pub(super) fn new(
        plan: &Plan,
        params: &[Param],
        receiver: Option<&(Ident, SelfKind)>,
        body: &TokenStream,
    ) -> Self {
        let Some(answer) = Later::of(plan) else {
            return Self::default();
        };
        let mut args: Vec<ClonedArg> = match answer {
            Later::Path => params.iter().map(ClonedArg::of).collect(),
            Later::Closure(closure) => used_by_closure(closure, params),
        };
        for arg in &mut args {
            let names = params::bindings(&arg.pat);
            let is_used = params::has_macro(&arg.pat) || names.iter().any(|name| mentions(body, name));
            arg.is_moved = !is_used;
        }
        let receiver = receiver.filter(|(word, _)| match answer {
            Later::Path => true,
            Later::Closure(closure) => mentions(&body_of(closure), word),
        });
        let is_path = matches!(answer, Later::Path);
        Self {
            args,
            reborrows_self: receiver.is_some_and(|(_, kind)| *kind == SelfKind::Mutable),
            renames_self: is_path && receiver.is_some_and(|(_, kind)| *kind == SelfKind::Owned),
            moves_self: receiver.is_some_and(|(word, _)| !mentions(body, word)),
            receiver: receiver.map(|(word, _)| word.clone()),
            keep: if plan.error_after_timeout().is_some() {
                Keep::ForError
            } else {
                Keep::ForFallback
            },
        }
    }

    /// Returns the names of all arguments here.
    ///
    /// Their `mut` belongs to the clone in the body.
    pub(super) fn names(&self) -> Vec<Ident> {
        let mut names = Vec::new();
        for arg in &self.args {
            names.push(arg.name.clone());
        }
        names
    }

    /// Returns whether nothing has to be saved for the fallback.
    fn is_empty(&self) -> bool {
        !self.renames_self && self.saved().is_empty()
    }

    /// Returns whether only the fallback uses this name.
    pub(super) fn moves(&self, name: &Ident) -> bool {
        let is_name = |arg: &ClonedArg| arg.name == *name || params::bindings(&arg.pat).contains(name);
        self.args.iter().any(|arg| arg.is_moved && is_name(arg))
    }

    /// Returns the code of a rejected call: saves all arguments.
    pub(super) fn save(&self) -> TokenStream {
        let mut code = TokenStream::new();
        if let Some(word) = self.renamed_self() {
            code.extend(quote_spanned!(Span::mixed_site()=> let __saved = (__saved, #word);));
        }
        for arg in self.saved() {
            code.extend(arg.save());
        }
        code
    }

    /// Returns the code of an admitted call: saves all, clones for the body.
    ///
    /// `__fusebox::keep` takes the argument by value. A borrow here would keep the argument in
    /// the future of the function.
    pub(super) fn save_and_clone(&self) -> TokenStream {
        let mut code = TokenStream::new();
        if let Some(word) = self.renamed_self() {
            code.extend(if self.moves_self {
                quote_spanned!(Span::mixed_site()=> let __saved = (__saved, #word);)
            } else {
                let borrowed = quote_spanned!(word.span()=> &#word);
                quote_spanned!(Span::mixed_site()=> let __saved = (__saved, __fusebox::copy_of(#borrowed));)
            });
        }
        let keep = self.keep.function();
        for arg in self.saved() {
            let ClonedArg { name, pat, .. } = arg;
            if arg.is_moved {
                code.extend(arg.save());
                continue;
            }
            // A `ref` into the pair would keep the place of `__saved` in the future.
            let (first, then) = if params::has_ref(pat) {
                (
                    quote!(#name),
                    Some(quote!(#[allow(clippy::toplevel_ref_arg)] let #pat = #name;)),
                )
            } else {
                (quote!(#pat), None)
            };
            code.extend(quote_spanned!(Span::mixed_site()=>
                #[allow(clippy::used_underscore_binding, clippy::shadow_reuse, clippy::shadow_unrelated)]
                let (__saved, #first) = __fusebox::#keep(__saved, #name);
                #then
            ));
        }
        code
    }

    /// Returns the code that boxes what was saved, and what opens the box.
    pub(super) fn boxed(&self) -> (TokenStream, TokenStream) {
        let span = Span::mixed_site();
        if self.is_empty() {
            return (TokenStream::new(), quote_spanned!(span=> __saved));
        }
        (
            quote_spanned!(span=> let __saved = __fusebox::Box::new(__saved);),
            quote_spanned!(span=> *__saved),
        )
    }

    /// Returns a reborrow of each `&mut` for the body.
    pub(super) fn reborrow(&self) -> TokenStream {
        let mut code = TokenStream::new();
        for arg in &self.args {
            if arg.is_mut_ref && !arg.is_moved {
                let (name, pat) = (&arg.name, &arg.pat);
                code.extend(quote!(#[allow(clippy::shadow_reuse)] let #pat = &mut *#name;));
            }
        }
        code
    }

    /// Returns the code that unpacks the saved arguments for the fallback.
    pub(super) fn restore(&self) -> TokenStream {
        let span = Span::mixed_site();
        let mut code = TokenStream::new();
        for ClonedArg { name, .. } in self.saved().into_iter().rev() {
            code.extend(
                quote_spanned!(span=> #[allow(unused_mut, clippy::shadow_unrelated)] let (__saved, #name) = __saved;),
            );
        }
        if self.renames_self {
            code.extend(quote_spanned!(span=> let (__saved, __self) = __saved;));
        }
        code.extend(quote_spanned!(span=> let () = __saved;));
        for arg in &self.args {
            if arg.is_taken_apart {
                let (name, pat) = (&arg.name, &arg.pat);
                code.extend(
                    quote!(#[allow(unused_variables, unused_mut, clippy::shadow_unrelated)] let #pat = #name;),
                );
            }
        }
        code
    }

    /// Returns `self`, if the fallback gets it under another name.
    fn renamed_self(&self) -> Option<&Ident> {
        self.receiver.as_ref().filter(|_| self.renames_self)
    }

    /// Returns the arguments that are saved: all but each `&mut`.
    ///
    /// The body reborrows a `&mut`, and the fallback uses it afterwards.
    fn saved(&self) -> Vec<&ClonedArg> {
        let mut saved = Vec::new();
        for arg in &self.args {
            if !arg.is_mut_ref {
                saved.push(arg);
            }
        }
        saved
    }
}

impl ClonedArg {
    fn of(param: &Param) -> Self {
        Self {
            name: param.name.clone(),
            pat: param.pat.clone(),
            is_mut_ref: param.is_mut_ref(),
            is_moved: false,
            is_taken_apart: false,
        }
    }

    fn save(&self) -> TokenStream {
        let name = &self.name;
        quote_spanned!(Span::mixed_site()=>
            #[allow(clippy::used_underscore_binding, clippy::shadow_reuse, clippy::shadow_unrelated)]
            let __saved = (__saved, #name);
        )
    }
}

fn body_of(closure: &Closure) -> TokenStream {
    let body = &closure.body;
    quote!(#body)
}

/// Returns the bindings that the closure uses.
///
/// Unlike a path, it uses bindings and not whole parameters. What a macro binds is not visible, so
/// that parameter is whole.
fn used_by_closure(closure: &Closure, params: &[Param]) -> Vec<ClonedArg> {
    let (body, cause) = (body_of(closure), params::bindings(&closure.cause));
    let is_used = |name: &Ident| uses(&body, name) && !cause.contains(name);
    let mut args = Vec::new();
    for param in params {
        if param.renamed && params::has_macro(&param.pat) {
            args.push(ClonedArg {
                is_taken_apart: true,
                ..ClonedArg::of(param)
            });
            continue;
        }
        let is_simple = matches!(&param.pat, Pat::Ident(_));
        for binding in params::binding_patterns(&param.pat) {
            let mutability = binding.mutability.filter(|_| binding.by_ref.is_none());
            let name = binding.ident;
            if is_used(&name) {
                args.push(ClonedArg {
                    pat: syn::parse_quote!(#mutability #name),
                    name,
                    is_mut_ref: param.is_mut_ref() && is_simple,
                    is_moved: false,
                    is_taken_apart: false,
                });
            }
        }
    }
    args
}
