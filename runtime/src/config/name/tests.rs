//! The rule for names, and names that are reused.

use super::{
    check::{check, decode, intern},
    *,
};
use crate::config::{ConfigError, limits::is_unprintable};

#[test]
fn equal_names_are_kept_once() {
    let one = intern(&String::from("name::tests::one"));
    assert!(std::ptr::eq(one, intern("name::tests::one")));
}

#[test]
fn a_name_has_1_to_128_printable_characters() {
    assert_eq!(check("orders"), Ok(()));
    assert_eq!(check(&"é".repeat(128)), Ok(()));
    assert_eq!(
        check(&"é".repeat(129)),
        Err(ConfigError::NameTooLong { characters: 129 })
    );
    assert_eq!(
        check("a\nb"),
        Err(ConfigError::NameUnprintable {
            position: 1,
            character: '\n'
        })
    );
    for (name, brace) in [("stock-{region}", '{'), ("stock}", '}')] {
        assert_eq!(check(name), Err(ConfigError::NameBrace { brace }));
    }
    for blank in ["", "  ", "\u{a0}", "\u{85}", "\t\u{3000}"] {
        assert_eq!(check(blank), Err(ConfigError::NameEmpty), "{blank:?}");
    }
}

#[test]
fn a_name_holds_nothing_that_cannot_be_seen_or_that_turns_the_text_around_it() {
    let control = ('\0'..=char::MAX).filter(|character| character.is_control());
    let hidden =
        "\u{61c}\u{200b}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{feff}";
    for character in control.chain(hidden.chars()) {
        let name = format!("a{character}b");
        assert_eq!(
            check(&name),
            Err(ConfigError::NameUnprintable {
                position: 1,
                character
            })
        );
    }
    for seen in [
        "می\u{200c}خواهم",
        "👩\u{200d}👩\u{200d}👧",
        "e\u{301}",
        "漢字",
        "a b",
        "\u{a0}x",
    ] {
        assert_eq!(check(seen), Ok(()), "{seen}");
    }
}

#[test]
fn every_character_is_decoded_and_judged_as_std_does() {
    for character in '\0'..=char::MAX {
        let name = format!("a{character}");
        assert_eq!(decode(name.as_bytes(), 1), (character, character.len_utf8()));
        let is_refused = is_unprintable(character) || matches!(character, '{' | '}');
        assert_eq!(check(&name).is_err(), is_refused, "{character:?}");
        let blank = check(&name[1..]) == Err(ConfigError::NameEmpty);
        assert_eq!(blank, character.is_whitespace(), "{character:?}");
    }
}

#[test]
fn a_reused_place_does_not_name_the_wrong_breaker() {
    let pool = NamePool::of("name::tests::reused");
    let first = pool.name("a");
    let kept = first.reference();
    assert_eq!(kept.name(), "name::tests::reused[a]");
    drop(first);
    assert_eq!(
        kept.name(),
        "name::tests::reused[a]",
        "as long as no other has the place"
    );
    let second = pool.name("b");
    assert_eq!(second.reference().name(), "name::tests::reused[b]");
    assert_eq!(kept.name(), "name::tests::reused[…]");
    assert_eq!(
        (kept.name().group(), kept.name().key()),
        (Some("name::tests::reused"), None)
    );
    assert_ne!(kept, second.reference());
}

#[test]
fn a_name_has_a_group_and_a_key_whatever_is_in_them() {
    let name = Name::keyed("a[b]", "c[d]");
    assert_eq!(
        (&*name, name.group(), name.key()),
        ("a[b][c[d]]", Some("a[b]"), Some("c[d]"))
    );
    let fixed = Name::fixed("a[b]");
    assert_eq!((fixed.group(), fixed.key()), (None, None));
}
