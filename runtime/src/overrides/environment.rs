//! Settings in environment variables.

use std::sync::Arc;

use crate::{
    config::{ConfigError, Source, name::intern},
    overrides::{
        Mistake, Place, aliases,
        key::TableKey,
        section::SectionEntry,
        suggestion::did_you_mean,
        value::{self, Literal},
    },
    sync::OnceLock,
};

const PREFIX: &str = "FUSEBOX__";
const DISABLED: &str = "FUSEBOX_DISABLED";
/// The variable with the path of the file.
pub(super) const CONFIG: &str = "FUSEBOX_CONFIG";

/// The settings of the environment.
#[derive(Debug, Clone, Default)]
pub(super) struct Environment {
    /// Whether all breakers are disabled.
    pub(super) disabled: bool,
    pub(super) variables: Vec<Variable>,
    /// Variables that are probably misspelt, and what was meant.
    ///
    /// They are not mistakes, because other programs may have variables that begin alike.
    pub(super) unknown: Vec<(&'static str, String)>,
}

/// One variable that sets one key of one breaker.
#[derive(Debug, Clone)]
pub(super) struct Variable {
    /// The name of the breaker as it is written in variables.
    pub(super) breaker: String,
    pub(super) entry: SectionEntry,
    /// The first breaker that was made with the value.
    claimed_by: Arc<OnceLock<&'static str>>,
}

impl Environment {
    /// Reads all variables that are ours. Returns every mistake with what could
    /// be read, and the path of the file.
    ///
    /// The value of a variable is `None` if it is not UTF-8.
    pub(super) fn read(
        variables: impl IntoIterator<Item = (String, Option<String>)>,
    ) -> (Self, Option<String>, Vec<Mistake>) {
        let (mut environment, mut path, mut mistakes) = (Self::default(), None, Vec::new());
        for (name, value) in variables {
            let Some(value) = value else {
                if name == CONFIG || name == DISABLED || name.starts_with(PREFIX) {
                    let message = "the value is not UTF-8";
                    mistakes.push(Mistake::new(Place::Variable(intern(&name)), None, message));
                }
                continue;
            };
            match name.as_str() {
                DISABLED => match switch(&value) {
                    Ok(disabled) => environment.disabled = disabled,
                    Err(message) => mistakes.push(Mistake::new(Place::Variable(DISABLED), None, message)),
                },
                CONFIG => path = Some(value).filter(|path| !path.is_empty()),
                _ => {
                    if let Some(rest) = name.strip_prefix(PREFIX) {
                        match Variable::read(intern(&name), rest, &value) {
                            Ok(variable) => environment.variables.push(variable),
                            Err(mistake) => mistakes.push(mistake),
                        }
                    } else if let Some(meant) = meant(&name) {
                        environment.unknown.push((intern(&name), meant));
                    }
                }
            }
        }
        (environment, path, mistakes)
    }

    /// Returns the variables that set something of this breaker.
    pub(super) fn of(&self, breaker: &str) -> impl Iterator<Item = &Variable> {
        let breaker = in_variables(breaker);
        self.variables
            .iter()
            .filter(move |variable| variable.breaker == breaker)
    }

    /// Makes the variables of this breaker its own.
    ///
    /// # Errors
    /// One of them belongs to another breaker, whose name is different only in characters that
    /// variables cannot have.
    pub(super) fn claim(&self, breaker: &str) -> Result<(), ConfigError> {
        for variable in self.of(breaker) {
            let other = *variable.claimed_by.get_or_init(|| intern(breaker));
            if other != breaker {
                let Source::Environment(variable) = variable.entry.source else {
                    continue;
                };
                return Err(ConfigError::AmbiguousVariable { variable, other });
            }
        }
        Ok(())
    }

    /// Returns the variables of which two breakers of these names would take the
    /// value.
    pub(super) fn ambiguous(&self, names: &[&str]) -> Vec<Mistake> {
        let ambiguous = |variable: &Variable| {
            let meant: Vec<_> = names
                .iter()
                .filter(|name| in_variables(name) == variable.breaker)
                .map(|name| format!("`{name}`"))
                .collect();
            (meant.len() > 1).then(|| {
                let message = format!(
                    "ambiguous, it stands for the circuit breakers {}; set the value in a file",
                    meant.join(" and ")
                );
                Mistake::new(variable.entry.place, Some(variable.entry.key.name()), message)
            })
        };
        self.variables.iter().filter_map(ambiguous).collect()
    }
}

impl Variable {
    fn read(variable: &'static str, rest: &str, value: &str) -> Result<Self, Mistake> {
        let place = Place::Variable(variable);
        let Some((breaker, typed)) = rest
            .rsplit_once("__")
            .filter(|(name, key)| !name.is_empty() && !key.is_empty())
        else {
            let message = "expected a breaker and a key, as in `FUSEBOX__PAYMENTS__COOLDOWN=5s`";
            return Err(Mistake::new(place, None, message));
        };
        let typed = typed.to_lowercase();
        let Some(key) = TableKey::of(&typed) else {
            return Err(Mistake::new(
                place,
                None,
                aliases::unknown(&typed, &Literal::Other),
            ));
        };
        if key == TableKey::Extends {
            let message = "only a file has templates; set the values in variables of their own";
            return Err(Mistake::new(place, Some(key.name()), message));
        }
        let upper = in_variables(breaker);
        if upper != breaker {
            let meant = format!("{PREFIX}{upper}__{}", key.name().to_uppercase());
            let message = format!("a name has only upper-case letters, digits and `_` here; write `{meant}`");
            return Err(Mistake::new(place, Some(key.name()), message));
        }
        let value = value::of_variable(key, value)
            .map_err(|message| Mistake::new(place, Some(key.name()), message))?;
        Ok(Self {
            breaker: breaker.to_owned(),
            claimed_by: Arc::default(),
            entry: SectionEntry {
                key,
                value,
                place,
                source: Source::Environment(variable),
            },
        })
    }
}

/// Returns the name of a breaker as it is written in variables: in upper case,
/// every character but letters and digits as `_`.
pub(super) fn in_variables(breaker: &str) -> String {
    breaker
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect()
}

/// Returns the variable that was probably meant by one that has no effect.
fn meant(name: &str) -> Option<String> {
    let rest = name.to_uppercase();
    let rest = rest.strip_prefix("FUSEBOX")?.trim_start_matches('_');
    if let Some((breaker, key)) = rest.rsplit_once("__")
        && TableKey::of(&key.to_lowercase()).is_some()
    {
        return Some(format!("{PREFIX}{breaker}__{key}"));
    }
    did_you_mean(name, [CONFIG, DISABLED]).map(str::to_owned)
}

fn switch(value: &str) -> Result<bool, String> {
    match value.trim().to_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "" | "0" | "false" | "no" | "off" => Ok(false),
        _ => Err(format!("`{value}` is neither `1` nor `0`")),
    }
}
