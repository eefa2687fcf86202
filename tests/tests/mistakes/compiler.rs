//! rustc, on one generated file, with the `fusebox` that this test was built with.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::ffi::OsStr;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::SystemTime;

use crate::table::Source;

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
pub(crate) struct Said {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) span: Range<usize>,
}

impl Said {
    /// Its words, or its code.
    pub(crate) fn says(&self, expected: &str) -> bool {
        self.message.contains(expected) || self.code == expected
    }
}

impl Compiler {
    pub(crate) fn get() -> &'static Self {
        static COMPILER: OnceLock<Compiler> = OnceLock::new();
        COMPILER.get_or_init(Self::find)
    }

    /// Takes the newest `fusebox` beside this test that has all that the tables need: cargo has just made sure of it.
    fn find() -> Self {
        let test = std::env::current_exe().expect("a test runs from a file");
        let dependencies = test.parent().expect("in a directory").to_owned();
        let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("mistakes");
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

    /// Everything that rustc says about a file.
    pub(crate) fn check(&self, name: &str, source: &Source) -> Vec<Said> {
        self.run(name, &source.text)
    }

    /// As cargo does it: an incremental build asks other questions, and so it has found errors told twice.
    fn run(&self, name: &str, text: &str) -> Vec<Said> {
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let kept = self.out.join(format!("{name}.incremental"));
        let flags = ["--edition=2024", &format!("-Cincremental={}", kept.display())];
        let said = self.run_with(&rustc, &flags, name, text);
        fs::remove_dir_all(&kept).expect("what the build keeps");
        said.expect("rustc runs")
    }

    /// What another driver says, or rustc with other flags; `None` where it is not installed.
    pub(crate) fn run_with(
        &self,
        driver: &OsStr,
        flags: &[&str],
        name: &str,
        text: &str,
    ) -> Option<Vec<Said>> {
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
        Some(lines.lines().filter_map(said).collect())
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
fn said(line: &str) -> Option<Said> {
    let json: serde_json::Value = serde_json::from_str(line).ok()?;
    let spans = json["spans"].as_array()?;
    let primary = spans.iter().find(|span| span["is_primary"] == true);
    let message = json["message"].as_str()?.to_owned();
    let is_error = json["level"].as_str()?.starts_with("error");
    if primary.is_none() && (!is_error || message.starts_with("aborting")) {
        return None;
    }
    let byte = |name: &str| Some(usize::try_from(primary?[name].as_u64()?).unwrap_or_default());
    Some(Said {
        code: json["code"]["code"].as_str().unwrap_or_default().to_owned(),
        message,
        span: byte("byte_start").unwrap_or(0)..byte("byte_end").unwrap_or(0),
    })
}
