//! The source of the value of a setting.

use std::fmt;

/// The source of the value of one setting.
///
/// [`Settings::source`](crate::Settings::source) returns it. Sources do not take part in
/// comparisons of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Source {
    /// The default of the crate.
    #[default]
    Default,
    /// A `with_…` method, before any breaker was made from the settings.
    Code,
    /// The attribute of a function.
    #[non_exhaustive]
    Attribute {
        /// The source file, as the compiler names it.
        file: &'static str,
        /// The line, from 1.
        line: u32,
    },
    /// A [builder](crate::CircuitBreakerBuilder).
    #[non_exhaustive]
    Builder {
        /// The source file, as the compiler names it.
        file: &'static str,
        /// The line, from 1.
        line: u32,
    },
    /// A configuration file.
    #[non_exhaustive]
    File {
        /// The path of the file.
        path: &'static str,
        /// The line, from 1.
        line: u32,
    },
    /// An environment variable, by its name.
    Environment(&'static str),
    /// An operator at run time, by its name. The name is empty for a change
    /// that names no operator.
    Operator(&'static str),
}

/// `attribute src/orders.rs:12`, `fusebox.toml:7`, `env
/// FUSEBOX__ORDERS__COOLDOWN`, `operator anna`
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Code => f.write_str("code"),
            Self::Attribute { file, line } => write!(f, "attribute {file}:{line}"),
            Self::Builder { file, line } => write!(f, "builder {file}:{line}"),
            Self::File { path, line } => write!(f, "{path}:{line}"),
            Self::Environment(variable) => write!(f, "env {variable}"),
            Self::Operator("") => f.write_str("operator"),
            Self::Operator(who) => write!(f, "operator {who}"),
        }
    }
}
