//! The place in the source that declares a breaker.

use std::fmt;

/// The place of an annotated function in the source code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    module: &'static str,
    file: &'static str,
    line: u32,
    column: u32,
    function: &'static str,
}

impl Location {
    pub(crate) const fn new(
        module: &'static str,
        function: &'static str,
        file: &'static str,
        line: u32,
        column: u32,
    ) -> Self {
        Self {
            module,
            file,
            line,
            column,
            function,
        }
    }

    /// Returns the crate: the first segment of the module's path.
    pub fn crate_name(&self) -> &'static str {
        self.module.split("::").next().unwrap_or(self.module)
    }

    /// Returns the path of the module.
    pub const fn module(&self) -> &'static str {
        self.module
    }

    /// Returns the name of the function.
    pub const fn function(&self) -> &'static str {
        self.function
    }

    /// Returns the path of the source file, as the compiler prints it.
    pub const fn file(&self) -> &'static str {
        self.file
    }

    /// Returns the line of the attribute, counted from 1.
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// Returns the column of the attribute, counted from 1.
    pub const fn column(&self) -> u32 {
        self.column
    }
}

/// `` `fetch` at src/orders.rs:12 ``
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` at {}:{}", self.function, self.file, self.line)
    }
}
