//! rustc, on one generated file, with the `fusebox` of this test.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::ffi::OsStr;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::SystemTime;

use super::table::Source;

/// Needs a feature that not every `fusebox` beside this test was built with.
const PROBE: &str = r#"
    #[fusebox::circuit_breaker(last_good = "1m")]
    pub async fn probe() -> std::io::Result<()> { Ok(()) }
"#;

#[derive(Clone)]
pub(crate) struct Compiler {
    /// What the crate is called in the source.
    krate: String,
    dependencies: PathBuf,
    library: PathBuf,
    out: PathBuf,
}

/// One error or warning.
pub(crate) struct Diagnostic {
    pub(crate) code: String,
    pub(crate) message: String,
    /// Its labels, notes and help lines.
    pub(crate) details: Vec<String>,
    pub(crate) span: Range<usize>,
}

impl Diagnostic {
    /// Its words, or its code.
    pub(crate) fn matches(&self, expected: &str) -> bool {
        self.message.contains(expected) || self.code == expected
    }
}

impl Compiler {
    pub(crate) fn get() -> &'static Self {
        static COMPILER: OnceLock<Compiler> = OnceLock::new();
        COMPILER.get_or_init(Self::find)
    }

    /// Returns the newest `fusebox` beside this test with the needed features.
    /// Cargo has just built it.
    fn find() -> Self {
        let test = std::env::current_exe().expect("a test runs from a file");
        let dependencies = test.parent().expect("in a directory").to_owned();
        let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("diagnostics");
        fs::create_dir_all(&out).expect("a directory for the output");
        let files = fs::read_dir(&dependencies).expect("the dependencies").flatten();
        let mut libraries: Vec<(SystemTime, PathBuf)> = files
            .filter(|file| is_library(&file.path()))
            .filter_map(|file| Some((file.metadata().ok()?.modified().ok()?, file.path())))
            .collect();
        libraries.sort();
        let candidates = libraries.into_iter().rev().map(|(_, library)| Self {
            krate: "fusebox".to_owned(),
            dependencies: dependencies.clone(),
            library,
            out: out.clone(),
        });
        let found = candidates
            .into_iter()
            .find(|compiler| compiler.run("probe", PROBE).is_empty());
        found.expect("cargo has built fusebox for this test")
    }

    /// The same, with a renamed dependency.
    pub(crate) fn named(&self, krate: &str) -> Self {
        let krate = krate.to_owned();
        Self {
            krate,
            ..self.clone()
        }
    }

    /// A crate of procedural macros, built from one file.
    pub(crate) fn macros_of(&self, name: &str, text: &str) -> PathBuf {
        let (file, library) = (
            self.out.join(format!("{name}.rs")),
            self.out.join(format!("{DLL_PREFIX}{name}{DLL_SUFFIX}")),
        );
        fs::write(&file, text).expect("the generated file");
        let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        let built = rustc
            .args(["--edition=2024", "--crate-type=proc-macro"])
            .arg("-o")
            .arg(&library)
            .arg(&file)
            .status();
        assert!(built.expect("rustc runs").success(), "{name}");
        library
    }

    /// Returns every diagnostic of rustc for a file.
    pub(crate) fn check(&self, name: &str, source: &Source) -> Vec<Diagnostic> {
        self.run(name, &source.text)
    }

    /// Returns every diagnostic of rustc for a text.
    pub(crate) fn check_text(&self, name: &str, text: &str) -> Vec<Diagnostic> {
        self.run(name, text)
    }

    /// Runs rustc with an incremental build, as cargo does.
    /// Only such a build has shown errors that were reported twice.
    fn run(&self, name: &str, text: &str) -> Vec<Diagnostic> {
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let kept = self.out.join(format!("{name}.incremental"));
        let flags = ["--edition=2024", &format!("-Cincremental={}", kept.display())];
        let found = self.run_with(&rustc, &flags, name, text);
        fs::remove_dir_all(&kept).expect("what the build keeps");
        found.expect("rustc runs")
    }

    /// Returns the diagnostics of another driver, or of rustc with other flags.
    /// `None` if the driver is not installed.
    pub(crate) fn run_with(
        &self,
        driver: &OsStr,
        flags: &[&str],
        name: &str,
        text: &str,
    ) -> Option<Vec<Diagnostic>> {
        let file = self.out.join(format!("{name}.rs"));
        fs::write(&file, text).expect("the generated file");
        let output = Command::new(driver)
            .args(["--crate-type=lib", "--emit=metadata", "--error-format=json"])
            .args(flags)
            .arg("-L")
            .arg(format!("dependency={}", self.dependencies.display()))
            .arg("--extern")
            .arg(format!("{}={}", self.krate, self.library.display()))
            .arg("--out-dir")
            .arg(&self.out)
            .arg(&file)
            .output()
            .ok()?;
        let lines = String::from_utf8(output.stderr).expect("rustc writes UTF-8");
        Some(lines.lines().filter_map(diagnostic).collect())
    }
}

fn is_library(path: &Path) -> bool {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    name.starts_with("libfusebox-") && path.extension().is_some_and(|end| end == "rlib")
}

/// A diagnostic of rustc; `None` for the summaries, which have no place.
fn diagnostic(line: &str) -> Option<Diagnostic> {
    let json: serde_json::Value = serde_json::from_str(line).ok()?;
    let spans = json["spans"].as_array()?;
    let primary = spans.iter().find(|span| span["is_primary"] == true);
    let message = without_rows(json["message"].as_str()?);
    let is_error = json["level"].as_str()?.starts_with("error");
    if primary.is_none() && (!is_error || message.starts_with("aborting")) {
        return None;
    }
    let byte = |name: &str| Some(usize::try_from(primary?[name].as_u64()?).unwrap_or_default());
    Some(Diagnostic {
        code: json["code"]["code"].as_str().unwrap_or_default().to_owned(),
        message,
        details: details(&json),
        span: byte("byte_start").unwrap_or(0)..byte("byte_end").unwrap_or(0),
    })
}

/// Returns the labels of a diagnostic, and of its notes and help lines.
fn details(json: &serde_json::Value) -> Vec<String> {
    let text = |value: &serde_json::Value| value.as_str().map(without_rows);
    let spans = json["spans"].as_array().into_iter().flatten();
    let labels = spans.filter_map(|span| text(&span["label"]));
    let children = json["children"].as_array().into_iter().flatten();
    let below = children.flat_map(|child| text(&child["message"]).into_iter().chain(details(child)));
    labels.chain(below).collect()
}

/// Removes the module of a row, such as `row_3::`, from the paths in a text.
fn without_rows(text: &str) -> String {
    let mut pieces = text.split("row_");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| {
        let number = piece
            .find("::")
            .filter(|end| piece[..*end].bytes().all(|byte| byte.is_ascii_digit()));
        match number {
            Some(end) => text + &piece[end + 2..],
            None => text + "row_" + piece,
        }
    })
}
