//! The tables of a file.

use std::collections::{BTreeMap, HashSet};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{
    config::{Source, name},
    overrides::{
        Mistake, Place, aliases,
        key::TableKey,
        pattern, rules,
        section::{Section, SectionEntry},
        suggestion::did_you_mean,
        syntax,
        value::{self, Literal},
    },
};

const TABLES: [&str; 3] = ["defaults", "template", "breaker"];

/// The tables of a file that has no mistakes.
#[derive(Debug, Clone, Default)]
pub(super) struct Document {
    /// Whole, to see whether the file has changed.
    pub(super) text: Option<String>,
    pub(super) defaults: Section,
    /// With the entries of the template that each of them extends.
    pub(super) breakers: Vec<Named>,
}

/// A `[breaker.NAME]` table.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// The name of a breaker, or a pattern.
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) section: Section,
}

impl Document {
    /// Reads the text of the file at this path. Returns every mistake with what
    /// could be read.
    pub(super) fn read(path: &'static str, text: &str) -> (Self, Vec<Mistake>) {
        let mut reader = DocumentReader {
            path,
            text,
            mistakes: Vec::new(),
        };
        let (root, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            // What follows a mistake of the syntax is often read as something else than it was
            // meant to be.
            for error in errors {
                let byte = error.span().map_or(0, |span| span.start);
                let message = syntax::message(text, byte, error.message());
                reader.push(byte, None, message);
            }
            // A second one in a line is a consequence of the first.
            reader.mistakes.sort_by_key(Mistake::place);
            reader.mistakes.dedup_by_key(|mistake| mistake.place().line());
            return (Self::default(), reader.mistakes);
        }
        let mut document = reader.tables(root.get_ref());
        document.text = Some(text.to_owned());
        (document, reader.mistakes)
    }

    /// Returns the table of this breaker: the one of its exact name, or the longest
    /// pattern that matches.
    ///
    /// A pattern that matches the `group` of a key too is about the group, so it is not the table
    /// of the key: `*` must not win over `[breaker.inventory]` for `inventory[eu-1]`.
    pub(super) fn of(&self, name: &str, group: Option<&str>) -> Option<&Named> {
        if let Some(exact) = self.breakers.iter().find(|named| named.name == name) {
            return Some(exact);
        }
        let matching = self.breakers.iter().filter(|named| {
            let matches = |name| pattern::matches(&named.name, name);
            pattern::is_pattern(&named.name) && matches(name) && !group.is_some_and(matches)
        });
        // Of two patterns of one length, the later one in the file.
        matching.max_by_key(|named| (named.name.chars().count(), named.place))
    }
}

struct DocumentReader<'a> {
    path: &'static str,
    text: &'a str,
    mistakes: Vec<Mistake>,
}

type Item<'a, 'i> = (&'a Spanned<std::borrow::Cow<'i, str>>, &'a Spanned<DeValue<'i>>);

impl DocumentReader<'_> {
    fn tables(&mut self, root: &DeTable<'_>) -> Document {
        let mut document = Document::default();
        let mut templates = BTreeMap::new();
        let mut breakers = Vec::new();
        for item in root {
            match item.0.get_ref().as_ref() {
                "defaults" => document.defaults = self.defaults(item),
                "template" => {
                    for (key, _, section) in self.named(item) {
                        rules_of(&mut self.mistakes, &section, &section);
                        self.only_in_a_breaker(
                            &section,
                            TableKey::Extends,
                            "a template cannot extend another one",
                        );
                        templates.insert(key.get_ref().clone().into_owned(), section);
                    }
                }
                "breaker" => breakers = self.named(item),
                name => self.unknown_table(name, item),
            }
        }
        for (key, place, own) in breakers {
            let merged = match own.word(TableKey::Extends).map(|name| templates.get(name)) {
                Some(Some(template)) => own.over(template),
                Some(None) => {
                    self.unknown_template(&own, &templates);
                    own.clone()
                }
                None => own.clone(),
            };
            rules_of(&mut self.mistakes, &own, &merged);
            document.breakers.push(Named {
                name: key.get_ref().clone().into_owned(),
                place,
                section: merged,
            });
        }
        document
    }

    fn defaults(&mut self, (key, value): Item<'_, '_>) -> Section {
        let Some(table) = value.get_ref().as_table() else {
            self.push(
                key.span().start,
                None,
                "`defaults` must be a table; write `[defaults]`".to_owned(),
            );
            return Section::default();
        };
        let section = self.section("defaults", table);
        rules_of(&mut self.mistakes, &section, &section);
        self.only_in_a_breaker(
            &section,
            TableKey::Extends,
            "only a `[breaker]` table can extend a template",
        );
        self.only_in_a_breaker(
            &section,
            TableKey::Timeout,
            "`[defaults]` cannot give a `timeout`, because only functions with a `timeout` of their own take one",
        );
        section
    }

    /// Returns the tables in `[template]` or `[breaker]`, each with its name.
    fn named<'a, 'i>(
        &mut self,
        (outer, value): Item<'a, 'i>,
    ) -> Vec<(&'a Spanned<std::borrow::Cow<'i, str>>, Place, Section)> {
        let kind = outer.get_ref();
        let Some(tables) = value.get_ref().as_table() else {
            let message = format!("`{kind}` must be a table of tables; write `[{kind}.NAME]`");
            self.push(outer.span().start, None, message);
            return Vec::new();
        };
        let mut named = Vec::new();
        for (key, value) in tables {
            let name = key.get_ref();
            let at = key.span().start;
            if let Some(table) = value.get_ref().as_table() {
                if let Err(error) = name::check(name) {
                    self.push(at, None, error.to_string());
                }
                let section = self.section(&format!("{kind}.{name}"), table);
                named.push((key, self.place(at), section));
            } else if TableKey::of(name).is_some() {
                let message =
                    format!("`{name}` stands in `[{kind}]` without a name; write `[{kind}.NAME]` above it");
                self.push(at, None, message);
            } else {
                let message = format!("`{kind}.{name}` must be a table; write `[{kind}.{name}]`");
                self.push(at, None, message);
            }
        }
        named
    }

    fn section(&mut self, path: &str, table: &DeTable<'_>) -> Section {
        let mut section = Section::default();
        for (key, value) in table {
            let (name, literal) = (key.get_ref(), Literal::of(value.get_ref()));
            let place = self.place(key.span().start);
            let Some(known) = TableKey::of(name) else {
                let message = if value.get_ref().is_table() {
                    table_in_table(path, name)
                } else {
                    aliases::unknown(name, &literal)
                };
                self.mistakes.push(Mistake::new(place, None, message));
                continue;
            };
            match value::of_literal(known, &literal) {
                Ok(value) => section.push(SectionEntry {
                    key: known,
                    value,
                    place,
                    source: self.source(place),
                }),
                Err(message) => {
                    let (at, value) = (key.span().start, value.span().start);
                    // The span of `[breaker.payments.cooldown]` is that of the whole line.
                    let is_table = matches!(self.text.as_bytes().get(value), Some(b'[')) && value < at;
                    self.push(if is_table { at } else { value }, Some(known.name()), message);
                }
            }
        }
        section
    }

    fn unknown_table(&mut self, name: &str, (key, value): Item<'_, '_>) {
        let message = if TableKey::of(name).is_some() && !value.get_ref().is_table() {
            format!("`{name}` stands outside of a table; write `[defaults]` or `[breaker.NAME]` above it")
        } else {
            match did_you_mean(name, TABLES) {
                Some(meant) => format!("unknown table `{name}`; did you mean `{meant}`?"),
                None => {
                    format!("unknown table `{name}`; use `[defaults]`, `[template.NAME]` or `[breaker.NAME]`")
                }
            }
        };
        self.push(key.span().start, None, message);
    }

    fn unknown_template(&mut self, own: &Section, templates: &BTreeMap<String, Section>) {
        let (Some(entry), Some(name)) = (own.get(TableKey::Extends), own.word(TableKey::Extends)) else {
            return;
        };
        let message = match did_you_mean(name, templates.keys().map(String::as_str)) {
            Some(meant) => format!("unknown template `{name}`; did you mean `{meant}`?"),
            None => format!("unknown template `{name}`; write `[template.{name}]` or remove `extends`"),
        };
        self.mistakes
            .push(Mistake::new(entry.place, Some("extends"), message));
    }

    fn only_in_a_breaker(&mut self, section: &Section, key: TableKey, message: &str) {
        if let Some(entry) = section.get(key) {
            self.mistakes
                .push(Mistake::new(entry.place, Some(key.name()), message));
        }
    }

    fn source(&self, place: Place) -> Source {
        match place {
            Place::Position { line, .. } => Source::File {
                path: self.path,
                line,
            },
            _ => Source::File {
                path: self.path,
                line: 1,
            },
        }
    }

    fn place(&self, byte: usize) -> Place {
        Place::of_byte(self.path, self.text, byte)
    }

    fn push(&mut self, byte: usize, key: Option<&'static str>, message: String) {
        let place = self.place(byte);
        self.mistakes.push(Mistake::new(place, key, message));
    }
}

/// Returns the message for `[breaker.a.b]`, whose name has a dot and no quotes.
fn table_in_table(path: &str, name: &str) -> String {
    match path.split_once('.') {
        Some((kind, outer)) => {
            format!("a name with a dot needs quotes; did you mean `[{kind}.\"{outer}.{name}\"]`?")
        }
        None => format!("`{name}` cannot be a table in `[{path}]`"),
    }
}

/// Adds the mistakes of the rules between keys, unless one of the table was
/// found before.
fn rules_of(mistakes: &mut Vec<Mistake>, own: &Section, merged: &Section) {
    let known: HashSet<_> = mistakes.iter().map(Mistake::place).collect();
    let found = rules::check(own, merged).into_iter();
    mistakes.extend(found.filter(|mistake| !known.contains(&mistake.place())));
}
