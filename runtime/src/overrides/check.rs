//! The parts of a file or of the environment that have no effect.

use std::{collections::BTreeSet, fmt};

use crate::{
    overrides::{
        Overrides, Place, environment::in_variables, key::TableKey, layers::group_of, pattern,
        suggestion::did_you_mean,
    },
    registry::Declaration,
};

/// A name in a file or a variable that matches no breaker and no declared
/// function, a `timeout` for functions that have none, or a misspelt variable.
///
/// It is not a mistake: the breaker may be made later, or have a handle with a timeout.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Warning {
    /// Where the name stands.
    pub place: Place,
    /// The name or the pattern; that of the variable if it is misspelt.
    pub name: String,
    /// The name that was probably meant.
    pub suggestion: Option<String>,
    /// The key that has no effect; `None` if the name matches no breaker.
    pub key: Option<&'static str>,
}

impl Overrides {
    /// Returns the names in these overrides that match none of the given names
    /// of breakers.
    ///
    /// [`apply`](Self::apply) does this with the breakers and the catalogue of its registry. By
    /// itself, it checks a file against the catalogue of another program.
    ///
    /// ```
    /// use fusebox::config::Overrides;
    ///
    /// let overrides = Overrides::from_toml("[breaker.paymnets]\ncooldown = '5s'")?;
    /// let warnings = overrides.check(["orders", "payments"]);
    /// assert_eq!(
    ///     warnings[0].to_string(),
    ///     "fusebox.toml:1:10: no circuit breaker is named `paymnets`; did you mean `payments`?"
    /// );
    /// # Ok::<(), fusebox::config::InvalidOverrides>(())
    /// ```
    pub fn check<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Vec<Warning> {
        let mut known: BTreeSet<&str> = names.into_iter().collect();
        let groups: Vec<_> = known.iter().filter_map(|name| group_of(name)).collect();
        known.extend(groups);
        let of_file = self.document.breakers.iter().filter_map(|named| {
            let is_known = known.contains(named.name.as_str())
                || group_of(&named.name).is_some_and(|group| known.contains(group))
                || known.iter().any(|name| pattern::matches(&named.name, name));
            (!is_known).then(|| Warning {
                place: named.place,
                name: named.name.clone(),
                suggestion: suggestion(&named.name, &known),
                key: None,
            })
        });
        let in_variables: Vec<_> = known.iter().map(|name| in_variables(name)).collect();
        let of_environment = self.environment.variables.iter().filter_map(|variable| {
            let names = || in_variables.iter().map(String::as_str);
            let is_known = names().any(|name| variable.breaker == name || is_key_of(&variable.breaker, name));
            (!is_known).then(|| Warning {
                place: variable.entry.place,
                name: variable.breaker.clone(),
                suggestion: did_you_mean(&variable.breaker, names()).map(str::to_owned),
                key: None,
            })
        });
        let unknown = self.environment.unknown.iter().map(|(name, meant)| Warning {
            place: Place::Variable(name),
            name: (*name).to_owned(),
            suggestion: Some(meant.clone()),
            key: None,
        });
        let mut warnings: Vec<_> = of_file.chain(of_environment).chain(unknown).collect();
        warnings.sort_by_key(|warning| warning.place);
        warnings
    }
}

impl Overrides {
    /// Returns the timeouts in these overrides that are for declared functions,
    /// none of which has one.
    pub(super) fn unused_timeouts(&self, declared: &[&'static Declaration]) -> Vec<Warning> {
        let of_file = self.document.breakers.iter().filter_map(|named| {
            let is_meant = |name: &str| {
                let group = group_of(&named.name);
                named.name == name || group == Some(name) || pattern::matches(&named.name, name)
            };
            Some((
                named.section.get(TableKey::Timeout)?.place,
                &named.name,
                is_unused(declared, is_meant),
            ))
        });
        let of_environment = self.environment.variables.iter().filter_map(|variable| {
            let is_meant = |name: &str| {
                let name = in_variables(name);
                variable.breaker == name || is_key_of(&variable.breaker, &name)
            };
            let entry = Some(&variable.entry).filter(|entry| entry.key == TableKey::Timeout)?;
            Some((entry.place, &variable.breaker, is_unused(declared, is_meant)))
        });
        let unused = of_file.chain(of_environment).filter(|(.., is_unused)| *is_unused);
        unused
            .map(|(place, name, _)| Warning {
                place,
                name: name.clone(),
                suggestion: None,
                key: Some(TableKey::Timeout.name()),
            })
            .collect()
    }
}

/// Returns whether some functions are meant, and none of them has a timeout.
fn is_unused(declared: &[&'static Declaration], is_meant: impl Fn(&str) -> bool) -> bool {
    let mut meant = declared
        .iter()
        .filter(|declaration| is_meant(&declaration.name()))
        .peekable();
    meant.peek().is_some() && meant.all(|declaration| !declaration.has_timeout())
}

/// Returns whether a variable may stand for a key of a group: `INVENTORY_EU_1_`
/// for `inventory[eu-1]`.
fn is_key_of(variable: &str, group: &str) -> bool {
    let key = variable.strip_prefix(group);
    key.is_some_and(|key| key.len() > 2 && key.starts_with('_') && key.ends_with('_'))
}

fn suggestion(name: &str, known: &BTreeSet<&str>) -> Option<String> {
    if pattern::is_pattern(name) {
        return None;
    }
    did_you_mean(name, known.iter().copied()).map(str::to_owned)
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            place,
            name,
            suggestion,
            key,
        } = self;
        if let Some(key) = key {
            return write!(
                f,
                "{place}: `{key}` has no effect, because no function of `{name}` has a `{key}`"
            );
        }
        if pattern::is_pattern(name) {
            return write!(f, "{place}: the pattern `{name}` matches no circuit breaker");
        }
        if matches!(place, Place::Variable(variable) if variable == name) {
            write!(f, "{place}: this variable has no effect")?;
        } else {
            write!(f, "{place}: no circuit breaker is named `{name}`")?;
        }
        match suggestion {
            Some(meant) => write!(f, "; did you mean `{meant}`?"),
            None => Ok(()),
        }
    }
}
