//! From where overrides are read.

use std::{path::Path, sync::Arc};

use crate::{
    config::name::intern,
    event::log,
    overrides::{
        Applied, InvalidOverrides, Mistake, Overrides, Place,
        document::Document,
        environment::Environment,
        file::{self, Unreadable},
    },
    registry::Registry,
};

/// Applies the environment, and the file that `FUSEBOX_CONFIG` names, to the
/// global registry. The usual line in `main`.
///
/// Names that match no breaker, and the [kill switch](Overrides::from_env), are logged at `WARN`.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// fusebox::config::load()?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Every mistake of the file and of the environment. Nothing has changed then.
pub fn load() -> Result<Applied, InvalidOverrides> {
    let applied = Overrides::from_env()?.apply(Registry::global())?;
    for warning in applied.warnings() {
        log::configuration_warning(warning);
    }
    Ok(applied)
}

/// Where overrides come from.
impl Overrides {
    /// Reads the text of a file. Mistakes and sources name the file
    /// `fusebox.toml`.
    ///
    /// # Errors
    /// Every mistake of the text.
    pub fn from_toml(text: &str) -> Result<Self, InvalidOverrides> {
        Self::from_toml_at("fusebox.toml", text)
    }

    /// Like [`from_toml`](Self::from_toml), with the path that mistakes and
    /// sources name.
    ///
    /// # Errors
    /// Like [`from_toml`](Self::from_toml).
    pub fn from_toml_at(path: &str, text: &str) -> Result<Self, InvalidOverrides> {
        let (document, mistakes) = Document::read(intern(path), text);
        let overrides = Self {
            document: document.into(),
            environment: Environment::default(),
        };
        InvalidOverrides::unless_none(overrides, mistakes)
    }

    /// Reads a file of at most 1 MiB.
    ///
    /// # Errors
    /// Every mistake of the file, or that it cannot be read.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, InvalidOverrides> {
        let path = path.as_ref();
        let shown = intern(&path.to_string_lossy());
        match file::read(path) {
            Ok(text) => Self::from_toml_at(shown, &text),
            Err(problem) => {
                let mistake = match problem {
                    Unreadable::File(message) => Mistake::new(Place::File(shown), None, message),
                    Unreadable::NotUtf8(before) => Mistake::new(
                        Place::of_byte(shown, &before, before.len()),
                        None,
                        "the file is not UTF-8",
                    ),
                };
                InvalidOverrides::unless_none(Self::default(), vec![mistake])
            }
        }
    }

    /// Reads the environment, and the file that it names.
    ///
    /// | variable | meaning |
    /// |---|---|
    /// | `FUSEBOX_CONFIG=path` | the file |
    /// | `FUSEBOX__PAYMENTS__COOLDOWN=5s` | one value; other characters become `_` |
    /// | `FUSEBOX_DISABLED=1` | every call passes every breaker uncounted |
    ///
    /// # Errors
    /// Every mistake of the variables and of the file.
    pub fn from_env() -> Result<Self, InvalidOverrides> {
        let variables = std::env::vars_os()
            .map(|(name, value)| (name.to_string_lossy().into_owned(), value.into_string().ok()));
        Self::from_variables(variables)
    }

    /// Like [`from_env`](Self::from_env), with these variables in place of
    /// those of the process.
    ///
    /// ```
    /// use std::time::Duration;
    /// use fusebox::{Registry, config::Overrides};
    ///
    /// let registry = Registry::new();
    /// Overrides::from_vars([("FUSEBOX__PAY_MENTS__COOLDOWN", "5s")])?.apply(&registry)?;
    /// let payments = registry.breaker("pay-ments").build()?;
    /// assert_eq!(payments.settings().cooldown(), Duration::from_secs(5));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Like [`from_env`](Self::from_env).
    pub fn from_vars<N, V>(variables: impl IntoIterator<Item = (N, V)>) -> Result<Self, InvalidOverrides>
    where
        N: Into<String>,
        V: Into<String>,
    {
        let variables = variables.into_iter();
        Self::from_variables(variables.map(|(name, value)| (name.into(), Some(value.into()))))
    }

    /// Reads variables, whose value is `None` if it is not UTF-8.
    fn from_variables(
        variables: impl IntoIterator<Item = (String, Option<String>)>,
    ) -> Result<Self, InvalidOverrides> {
        let (environment, path, mut mistakes) = Environment::read(variables);
        let of_file = path.map_or_else(|| Ok(Self::default()), Self::from_file);
        let document = match of_file {
            Ok(overrides) => overrides.document,
            Err(invalid) => {
                mistakes.extend_from_slice(invalid.mistakes());
                Arc::default()
            }
        };
        InvalidOverrides::unless_none(
            Self {
                document,
                environment,
            },
            mistakes,
        )
    }
}
