//! The attribute on tokens: each mistake once, and the function survives.

use proc_macro2::{Group, TokenStream, TokenTree};

use crate::{guard, guard_for_editor, survive};

const FUNCTION: &str = "async fn load(id: u64) -> Result<u8, Error> { only_once(id).await }";

fn expand(args: &str, item: &str) -> String {
    let tokens = |text: &str| text.parse::<TokenStream>().expect("these are tokens");
    guard(tokens(args), &tokens(item)).to_string()
}

/// Returns the number of errors, and whether the body occurs exactly once.
fn expand_and_count(args: &str, item: &str) -> (usize, bool) {
    let out = expand(args, item);
    let body = out.matches("only_once").count() == 1;
    (out.matches("compile_error !").count(), body)
}

#[test]
fn no_arguments_and_stray_commas_are_accepted() {
    for args in [
        "",
        "threshold = 5",
        "threshold = 5,",
        ", threshold = 5",
        "threshold = 5,, cooldown = \"1s\"",
        "r#threshold = 5",
    ] {
        assert_eq!(expand_and_count(args, FUNCTION), (0, true), "{args}");
    }
}

#[test]
fn every_key_is_accepted() {
    for args in [
        "name = \"orders\"",
        "name = names::ORDERS",
        "threshold = 0x10, trial_calls = 1_0u32",
        "threshold = \"12.5%\", window = 20, minimum_calls = MINIMUM",
        "window = \"1h 2m 3s 4ms 5us 6ns\"",
        "slow_call = r\"1s\", slow_threshold = \"80%\", window = WINDOW",
        "timeout = \" 1m30s \"",
        "cooldown = \"1s\", max_cooldown = \"1d\", jitter = \"0%\"",
        "failure = Err(Error::A | Error::B { .. }) if ready(1, 2), failure = Ok(0..=3), ignore = Err(_)",
        "fallback = other, fallback_on = \"failure\"",
        "fallback = <Type as Trait<u8, u8>>::other::<u8, u8>, cooldown = \"1s\"",
        "fallback = |cause| Pair { a: 1, b: f::<u8, u16>(cause) }, cooldown = \"1s\"",
        "fallback = move |_: Cause<_>| { return Ok(1) }",
        "crate = my::fusebox",
    ] {
        assert_eq!(
            expand_and_count(args, FUNCTION),
            (0, true),
            "{args}\n{}",
            expand(args, FUNCTION)
        );
    }
}

#[test]
fn each_mistake_is_reported_once_and_the_function_survives() {
    for (args, mistakes) in [
        ("threshold = 0, cooldown = 10, fallback = 5", 3),
        ("bogus(a = 1, b), threshold", 2),
        ("a::b = 5, fail-fast = 1", 2),
        ("fallback = |a, b| 1, cooldown = \"0s\"", 2),
        ("failure = Err(..=), timeout = \"x\"", 2),
        ("failure = , ignore = _", 2),
        ("fallback = crate::, cooldown = \"1s\"", 1),
        ("threshold = cooldown = \"1s\"", 1),
        ("= = =, 5, ;", 3),
    ] {
        assert_eq!(
            expand_and_count(args, FUNCTION),
            (mistakes, true),
            "{args}\n{}",
            expand(args, FUNCTION)
        );
    }
}

#[test]
fn errors_stand_behind_the_function() {
    let out = expand("threshold = 0", FUNCTION);
    assert!(out.find("compile_error") > out.find("only_once"), "{out}");
}

#[test]
fn unfinished_bodies_stay_as_they_are() {
    for body in [
        "order .",
        "let",
        "match",
        "foo (x . ,)",
        "@@ @",
        "# [allow ()]",
        "if x { } else",
    ] {
        let item = format!("async fn load() -> Result<u8, Error> {{ only_once ; {body} }}");
        let out = expand("", &item);
        assert!(out.contains(body) && !out.contains("compile_error"), "{out}");
    }
}

#[test]
fn unfinished_signatures_are_returned_as_they_are() {
    for item in [
        "async fn load(id) -> { only_once }",
        "async fn load < ( ) { only_once }",
        "async fn only_once",
    ] {
        assert_eq!(expand_and_count("", item), (0, true), "{item}");
    }
}

#[test]
fn a_panic_of_the_macro_is_one_error_and_the_function_survives() {
    let item = FUNCTION.parse().expect("these are tokens");
    let out = survive(&item, || panic!("a bug of the macro")).to_string();
    assert_eq!(out.matches("compile_error !").count(), 1, "{out}");
    assert!(out.contains("please report it"), "{out}");
    assert!(out.starts_with(&item.to_string()), "{out}");
}

fn expand_for_editor(args: &str, item: &str) -> String {
    let tokens = |text: &str| text.parse::<TokenStream>().expect("these are tokens");
    guard_for_editor(tokens(args), &tokens(item)).to_string()
}

#[test]
fn a_keyword_is_not_among_the_keys_for_editors() {
    assert!(!expand_for_editor("type = 5", FUNCTION).contains("type as _"));
    assert!(expand_for_editor("threshold = 5", FUNCTION).contains("threshold as _"));
}

#[test]
fn only_an_editor_gets_the_output_for_editors() {
    let out = expand("threshold = LIMIT, fallback = |_| Ok(id)", FUNCTION);
    assert!(!out.contains("__private :: ide"), "{out}");
    assert!(
        expand_for_editor("", FUNCTION).contains("# [cfg (not (rust_analyzer))] :: core :: compile_error")
    );
}

#[test]
fn an_editor_gets_signature_and_body_as_they_were_written() {
    let body = "{ # ! [allow (unused)] let (a , b) = (a , 1) ; only_once (a) . await }";
    let head = "async fn load < T > (mut self : Arc < Self > , (a , _) : (u8 , T) , _ : u32) -> Result < u8 , Error >";
    for args in [
        "name = \"a\", fallback = Self::other",
        "name = \"a\", threshold = 0",
        "name = \"a\", last_good",
    ] {
        let out = expand_for_editor(args, &format!("{head} {body}"));
        assert!(out.contains(head) && out.contains(body), "{args}: {out}");
    }
}

#[test]
fn half_typed_values_stay_before_the_cursor_and_parse() {
    for (value, kept) in [
        ("failure = Err(Error::)", "Err (Error ::"),
        ("failure = Err(e) if e.", "Err (e) if e"),
        (
            "failure = Err(e) if e.is_down() && e.",
            "Err (e) if e . is_down () && e",
        ),
        ("failure = ", ""),
        ("fallback = |_| Ok(id.)", "Ok (id"),
        ("fallback = |cause| ", "let cause ="),
        ("fallback = |cause| { let x = id. }", "{ let x = id ;"),
        (
            "fallback = |cause| { id. let x = 1; Ok(x) }",
            "{ id ; let x = 1 ;",
        ),
        (
            "fallback = |cause| match cause { Cause::Failed(a) => a, Cause:: }",
            "Cause :: Failed (a) => a , Cause ::",
        ),
        ("fallback = stored::", "stored ::"),
        ("last_good = \"5m\", last_good_key = (id, id +)", "(id , id +"),
        ("threshold = limits::", "limits ::"),
        ("failure = 500..", "500 .. =>"),
    ] {
        let out = expand_for_editor(value, FUNCTION);
        assert!(out.contains(kept), "{value}: {out}");
        assert!(syn::parse_str::<syn::File>(&out).is_ok(), "{value}: {out}");
    }
}

/// Returns the tokens up to each place, with the groups around it closed.
fn beginnings(tokens: &TokenStream) -> Vec<TokenStream> {
    let all: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut found = Vec::new();
    for (at, token) in all.iter().enumerate() {
        let before: TokenStream = all.iter().take(at).cloned().collect();
        if let TokenTree::Group(group) = token {
            let inside = beginnings(&group.stream()).into_iter().map(|inside| {
                let closed = TokenTree::Group(Group::new(group.delimiter(), inside));
                before.clone().into_iter().chain([closed]).collect()
            });
            found.extend(inside.collect::<Vec<TokenStream>>());
        }
        found.push(before);
    }
    found.push(tokens.clone());
    found
}

/// Returns, for each name after a dot or a `::`, the tokens without that name.
fn without_a_name(tokens: &TokenStream) -> Vec<TokenStream> {
    let all: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut found = Vec::new();
    for (at, token) in all.iter().enumerate() {
        let is_behind =
            matches!(all.get(at.wrapping_sub(1)), Some(TokenTree::Punct(p)) if ".:".contains(p.as_char()));
        let (before, behind) = all.split_at(at);
        let behind = behind.get(1..).unwrap_or_default();
        let around =
            |inside: &[TokenTree]| -> TokenStream { [before, inside, behind].concat().into_iter().collect() };
        match token {
            TokenTree::Group(group) => {
                let inside = without_a_name(&group.stream()).into_iter();
                found.extend(
                    inside.map(|inside| around(&[TokenTree::Group(Group::new(group.delimiter(), inside))])),
                );
            }
            // Two dots are a range, with a blank between them too.
            TokenTree::Ident(_) if is_behind && behind.first().is_none_or(|next| next.to_string() != ".") => {
                found.push(around(&[]));
            }
            _ => {}
        }
    }
    found
}

#[test]
fn every_beginning_of_a_value_is_kept_and_parses() {
    let mut lost = Vec::new();
    for value in [
        "failure = Err(Error::Status(code)) if code.as_u16() >= limit && !error.is_down()",
        "failure = Ok(page) | Err(Error::Down { page, .. })",
        "ignore = Ok(0..=3 | 7)",
        "fallback = |cause| { let x = self.store.get(id).await?; Ok(x.total() + 1) }",
        "fallback = |cause| match cause { Cause::Failed(answer) => answer, Cause::Rejected(_) if id > 3 => Ok(id), _ => Err(E::new()) }",
        "fallback = |_| if id > limits::MOST { Ok(id) } else { stored::<u8>(id).await }",
        "fallback = |_| Ok(format!(\"{}\", order.lines.iter().map(|line| line.len()).sum::<usize>()))",
        "fallback = crate::stored::answer",
        "key = (tenant.to_owned(), &self.city, orders[0].number)",
        "breaker = &self.shop().breakers[id % 4]",
        "error = |refusal| Error::from(refusal.name())",
        "error = |refusal| Error::with(self.store.name(refusal), id + 1)",
        "threshold = limits::MOST",
    ] {
        let (key, value) = value.split_once('=').expect("an argument");
        let tokens: TokenStream = value.parse().expect("these are tokens");
        for typed in beginnings(&tokens).into_iter().chain(without_a_name(&tokens)) {
            let out = expand_for_editor(&format!("{key} = {typed}"), FUNCTION);
            assert!(syn::parse_str::<syn::File>(&out).is_ok(), "{typed}: {out}");
            if !is_kept(&typed, &out) {
                lost.push(typed.to_string());
            }
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

/// Whether each word of a value is in the output.
fn is_kept(typed: &TokenStream, out: &str) -> bool {
    typed.clone().into_iter().all(|token| match token {
        TokenTree::Group(group) => is_kept(&group.stream(), out),
        TokenTree::Ident(word) => out.contains(&word.to_string()),
        _ => true,
    })
}

#[test]
fn rustdoc_shows_the_patterns_of_the_user() {
    for (args, parameters) in [
        ("fallback = other", "(a , b) : (u32 , u32) , _ : u8"),
        ("last_good = \"5m\"", "_ : u32 , State (app) : State < App >"),
        ("threshold = 5", "first : String , _ : String"),
    ] {
        if args.contains("last_good") && !cfg!(feature = "last-good") {
            continue;
        }
        let out = expand(
            args,
            &format!("async fn load({parameters}) -> Result<u8, Error> {{ only_once }}"),
        );
        let (shown, compiled) = out
            .split_once("# [cfg (not (doc))]")
            .expect("a function for each");
        assert!(shown.starts_with("# [cfg (doc)]"), "{shown}");
        assert!(
            shown.contains(&format!("({parameters})")) && !shown.contains("__arg"),
            "{shown}"
        );
        assert!(compiled.contains("__arg"), "{compiled}");
    }
}

#[test]
fn last_good_needs_its_feature() {
    let errors = usize::from(!cfg!(feature = "last-good"));
    for args in [
        "last_good = \"5m\"",
        "last_good = \"5m\", last_good_key = (id, [1, 2]), last_good_capacity = 10, fallback_on = \"failure\"",
    ] {
        assert_eq!(expand_and_count(args, FUNCTION), (errors, true), "{args}");
    }
}

#[test]
fn classify_excludes_patterns() {
    assert_eq!(
        expand_and_count("classify = fusebox::classify::io, cooldown = \"1s\"", FUNCTION),
        (0, true)
    );
    assert_eq!(
        expand_and_count("classify = by, failure = Err(_), ignore = Ok(1)", FUNCTION),
        (2, true)
    );
}

#[test]
fn the_bounds_are_those_of_the_runtime() {
    let of_macros = bounds(include_str!("limits.rs"));
    let of_runtime = bounds(include_str!("../../runtime/src/config/limits.rs"));
    assert!(of_macros.len() >= 5, "{of_macros:?}");
    assert_eq!(of_macros, of_runtime);
    let characters =
        |source: &'static str| source.split_once("const fn is_unprintable").map(|(_, code)| code);
    let of_macros = characters(include_str!("limits.rs"));
    assert!(of_macros.is_some());
    assert_eq!(
        of_macros,
        characters(include_str!("../../runtime/src/config/limits.rs"))
    );
}

/// Returns each bound, with its name.
///
/// A default is not a bound: the attribute leaves it to the runtime.
fn bounds(source: &str) -> Vec<&str> {
    let constants = source.lines().filter_map(|line| line.split_once("const "));
    let mut bounds: Vec<_> = constants
        .map(|(_, constant)| constant)
        .filter(|constant| constant.starts_with("MAX_"))
        .collect();
    bounds.sort_unstable();
    bounds
}
