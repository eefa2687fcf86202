//! `fallback_on = "failure"`: the arguments that the fallback still needs after the body has run.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Pat;

use crate::item::params::{self, Param, SelfKind};
use crate::plan::{Answer, Plan};

/// What must exist twice, and how it does.
#[derive(Default)]
pub(crate) struct Kept {
    entries: Vec<Entry>,
    /// `&mut self` is reborrowed by the body.
    pub(crate) lends_self: bool,
    /// An owned `self` is cloned under another name.
    pub(crate) renames_self: bool,
    word: Option<Ident>,
    gives_self_away: bool,
}

struct Entry {
    cfgs: Vec<syn::Attribute>,
    name: Ident,
    /// What the body binds its clone to.
    pat: Pat,
    is_mut_ref: bool,
    /// The body does not mention it: there is nothing to clone.
    is_given_away: bool,
}

impl Kept {
    pub(crate) fn new(
        plan: &Plan,
        params: &[Param],
        receiver: Option<&(Ident, SelfKind)>,
        body: &TokenStream,
    ) -> Self {
        let (Answer::Path { on_failure: true, .. } | Answer::Closure { on_failure: true, .. }) =
            &plan.fallback
        else {
            return Self::default();
        };
        let mut entries: Vec<Entry> = match &plan.fallback {
            Answer::Closure { closure, .. } => {
                let (body, cause) = (&closure.body, params::bindings(&closure.cause));
                let used = quote!(#body);
                let is_used = |name: &Ident| params::mentions(&used, name) && !cause.contains(name);
                params
                    .iter()
                    .flat_map(|param| entries_by_binding(param, &is_used))
                    .collect()
            }
            _ => params.iter().map(Entry::of).collect(),
        };
        let kind = receiver.filter(|(word, _)| match &plan.fallback {
            Answer::Closure { closure, .. } => {
                let body = &closure.body;
                params::mentions(&quote!(#body), word)
            }
            _ => true,
        });
        for entry in &mut entries {
            let names = params::bindings(&entry.pat);
            entry.is_given_away = !names.iter().any(|name| params::mentions(body, name));
        }
        let is_path = matches!(plan.fallback, Answer::Path { .. });
        Self {
            entries,
            lends_self: kind.is_some_and(|(_, kind)| *kind == SelfKind::Mutable),
            renames_self: is_path && kind.is_some_and(|(_, kind)| *kind == SelfKind::Owned),
            gives_self_away: kind.is_some_and(|(word, _)| !params::mentions(body, word)),
            word: kind.map(|(word, _)| word.clone()),
        }
    }

    /// Parameters whose `mut` belongs to the clone of the body.
    pub(crate) fn without_mut(&self) -> Vec<Ident> {
        self.entries.iter().map(|entry| entry.name.clone()).collect()
    }

    /// There is nothing that the fallback would need again.
    pub(crate) fn is_empty(&self) -> bool {
        !self.renames_self && self.cloned().next().is_none()
    }

    /// Only the fallback uses it.
    pub(crate) fn is_given_away(&self, name: &Ident) -> bool {
        self.entries
            .iter()
            .filter(|entry| entry.is_given_away)
            .any(|entry| entry.name == *name || params::bindings(&entry.pat).contains(name))
    }

    /// The body did not run: the fallback gets the arguments as they are.
    pub(crate) fn give(&self) -> TokenStream {
        let owner = self.word.iter().filter(|_| self.renames_self);
        let owner = owner.map(|word| quote_spanned!(Span::mixed_site()=> let __kept = (__kept, #word);));
        let given = self.cloned().map(|Entry { cfgs, name, .. }| {
            quote_spanned!(Span::mixed_site()=>
                #(#cfgs)*
                #[allow(clippy::used_underscore_binding, clippy::shadow_reuse, clippy::shadow_unrelated)]
                let __kept = (__kept, #name);
            )
        });
        owner.chain(given).collect()
    }

    /// The clone is for the body, the original goes into the box. By value, because a borrow here would keep the
    /// argument in the future of the function.
    pub(crate) fn clone_for_body(&self) -> TokenStream {
        let owner = self.word.iter().filter(|_| self.renames_self).map(|word| {
            if self.gives_self_away {
                return quote_spanned!(Span::mixed_site()=> let __kept = (__kept, #word););
            }
            let lent = quote_spanned!(word.span()=> &#word);
            quote_spanned!(Span::mixed_site()=> let __kept = (__kept, __p::copy_of(#lent));)
        });
        let cloned = self.cloned().map(|entry| {
            let Entry { cfgs, name, pat, .. } = entry;
            if entry.is_given_away {
                return quote_spanned!(Span::mixed_site()=>
                    #(#cfgs)*
                    #[allow(clippy::used_underscore_binding, clippy::shadow_reuse, clippy::shadow_unrelated)]
                    let __kept = (__kept, #name);
                );
            }
            quote_spanned!(Span::mixed_site()=>
                #(#cfgs)*
                #[allow(clippy::used_underscore_binding, clippy::shadow_reuse, clippy::shadow_unrelated)]
                let (__kept, #pat) = __p::keep(__kept, #name);
            )
        });
        owner.chain(cloned).collect()
    }

    /// `&mut` is lent to the body.
    pub(crate) fn lend(&self) -> TokenStream {
        let lent = self
            .entries
            .iter()
            .filter(|entry| entry.is_mut_ref && !entry.is_given_away);
        lent.map(|Entry { cfgs, name, pat, .. }| quote!(#(#cfgs)* #[allow(clippy::shadow_reuse)] let #pat = &mut *#name;))
            .collect()
    }

    /// The arguments again, for the fallback.
    pub(crate) fn take_back(&self) -> TokenStream {
        let span = Span::mixed_site();
        let mut entries: Vec<&Entry> = self.cloned().collect();
        entries.reverse();
        let back = entries.into_iter().map(|Entry { cfgs, name, .. }| {
            quote_spanned!(span=> #(#cfgs)* #[allow(unused_mut, clippy::shadow_unrelated)] let (__kept, #name) = __kept;)
        });
        let owner = self
            .renames_self
            .then(|| quote_spanned!(span=> let (__kept, __self) = __kept;));
        let end = quote_spanned!(span=> let () = __kept;);
        back.chain(owner).chain([end]).collect()
    }

    fn cloned(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| !entry.is_mut_ref)
    }
}

impl Entry {
    fn of(param: &Param) -> Self {
        Self {
            cfgs: param.cfgs().cloned().collect(),
            name: param.name.clone(),
            pat: param.pat.clone(),
            is_mut_ref: param.is_mut_ref,
            is_given_away: false,
        }
    }
}

/// A closure names bindings, not parameters.
fn entries_by_binding(param: &Param, is_used: &dyn Fn(&Ident) -> bool) -> Vec<Entry> {
    let bindings = params::binding_patterns(&param.pat)
        .into_iter()
        .filter(|binding| is_used(&binding.ident));
    let entries = bindings.map(|binding| {
        let mutability = binding.mutability.filter(|_| binding.by_ref.is_none());
        let (name, simple) = (binding.ident, matches!(&param.pat, Pat::Ident(_)));
        let pat = syn::parse_quote!(#mutability #name);
        Entry {
            cfgs: param.cfgs().cloned().collect(),
            name,
            pat,
            is_mut_ref: param.is_mut_ref && simple,
            is_given_away: false,
        }
    });
    entries.collect()
}
