//! The program `fusebox` with the arguments and variables of one test.

use std::process::{Command, Output};

use serde_json::Value;

pub(crate) const PATH: &str = env!("CARGO_BIN_EXE_fusebox");

/// The program, with arguments that every command of a test has.
#[derive(Clone, Default)]
pub(crate) struct Program {
    at: Vec<String>,
    environment: Vec<(String, String)>,
}

impl Program {
    pub(crate) fn at(url: &str) -> Self {
        Self {
            at: vec!["--at".to_owned(), url.to_owned()],
            environment: Vec::new(),
        }
    }

    /// The program for the fleet of the service `orders`.
    pub(crate) fn of_fleet(url: &str) -> Self {
        let mut program = Self::at(url);
        program.at.extend(["--service", "orders"].map(str::to_owned));
        program
    }

    pub(crate) fn with(mut self, variable: &str, value: &str) -> Self {
        self.environment.push((variable.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn run(&self, words: &[&str]) -> Output {
        Command::new(PATH)
            .args(&self.at)
            .args(words)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .output()
            .expect("the program was built")
    }

    /// Runs a command that succeeds, and returns its JSON.
    pub(crate) fn json(&self, words: &[&str]) -> Value {
        let output = self.run(&[&["--json"], words].concat());
        assert_eq!(output.status.code(), Some(0), "{words:?}: {}", text(&output));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    /// Runs a command that succeeds, and returns its text for people.
    pub(crate) fn text(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert_eq!(output.status.code(), Some(0), "{words:?}: {}", text(&output));
        text(&output)
    }

    /// Runs a command that fails with this exit code, and returns its message.
    pub(crate) fn fails(&self, code: i32, words: &[&str]) -> String {
        let output = self.run(words);
        assert_eq!(output.status.code(), Some(code), "{words:?}: {}", text(&output));
        assert!(output.stdout.is_empty(), "{}", text(&output));
        text(&output)
    }
}

/// Standard output and standard error.
pub(crate) fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
