//! What an annotated function says about itself.

use std::fmt;

use crate::config::Settings;

/// One annotated function: where it stands, and what it asks for.
#[derive(Debug, Clone, Copy)]
pub struct Declaration {
    name: Option<&'static str>,
    settings: Option<Settings>,
    location: Location,
}

/// Where a breaker is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    module: &'static str,
    file: &'static str,
    line: u32,
    column: u32,
    function: &'static str,
}

impl Declaration {
    /// A declaration without a name and without settings.
    #[doc(hidden)]
    pub const fn new(
        module: &'static str,
        function: &'static str,
        file: &'static str,
        line: u32,
        column: u32,
    ) -> Self {
        Self {
            name: None,
            settings: None,
            location: Location {
                module,
                file,
                line,
                column,
                function,
            },
        }
    }

    /// With an explicit name.
    #[doc(hidden)]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }

    /// With settings, because at least one was written.
    #[doc(hidden)]
    pub const fn with_settings(mut self, settings: Settings) -> Self {
        self.settings = Some(settings);
        self
    }

    /// The name that was written, if one was.
    pub const fn explicit_name(&self) -> Option<&'static str> {
        self.name
    }

    /// The name of its breaker: the one that was written, or `module::function`.
    pub fn name(&self) -> String {
        self.name.map_or_else(
            || format!("{}::{}", self.location.module, self.location.function),
            str::to_owned,
        )
    }

    /// The settings, if any was written.
    pub const fn settings(&self) -> Option<Settings> {
        self.settings
    }

    /// Where it stands.
    pub const fn location(&self) -> Location {
        self.location
    }
}

impl Location {
    /// The crate: the first segment of the module's path.
    pub fn crate_name(&self) -> &'static str {
        self.module.split("::").next().unwrap_or(self.module)
    }

    /// The path of the module.
    pub const fn module(&self) -> &'static str {
        self.module
    }

    /// The name of the function.
    pub const fn function(&self) -> &'static str {
        self.function
    }

    /// The source file, as the compiler names it.
    pub const fn file(&self) -> &'static str {
        self.file
    }

    /// The line of the attribute, from 1.
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// The column of the attribute, from 1.
    pub const fn column(&self) -> u32 {
        self.column
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` at {}:{}", self.function, self.file, self.line)
    }
}
