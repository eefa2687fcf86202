//! Names in a file that match no breaker.

use std::{collections::BTreeSet, fmt};

use crate::overrides::{
    Overrides, Place, environment::in_variables, layers::group_of, pattern, suggestion::did_you_mean,
};

/// A name in a file or a variable that matches no breaker and no declared
/// function.
///
/// It is not a mistake: the breaker may be made later.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Warning {
    /// Where the name stands.
    pub place: Place,
    /// The name or the pattern.
    pub name: String,
    /// The name that was probably meant.
    pub suggestion: Option<String>,
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
            })
        });
        let in_variables: Vec<_> = known.iter().map(|name| in_variables(name)).collect();
        let of_environment = self.environment.variables.iter().filter_map(|variable| {
            let names = || in_variables.iter().map(String::as_str);
            (!names().any(|name| name == variable.breaker)).then(|| Warning {
                place: variable.entry.place,
                name: variable.breaker.clone(),
                suggestion: did_you_mean(&variable.breaker, names()).map(str::to_owned),
            })
        });
        let mut warnings: Vec<_> = of_file.chain(of_environment).collect();
        warnings.sort_by_key(|warning| warning.place);
        warnings
    }
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
        } = self;
        if pattern::is_pattern(name) {
            return write!(f, "{place}: the pattern `{name}` matches no circuit breaker");
        }
        write!(f, "{place}: no circuit breaker is named `{name}`")?;
        match suggestion {
            Some(meant) => write!(f, "; did you mean `{meant}`?"),
            None => Ok(()),
        }
    }
}
