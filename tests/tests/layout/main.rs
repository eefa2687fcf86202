//! The layout of the project: files are short, and a file names only files below it.

mod named;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use named::{named_paths, tree_paths};

/// No source file has more lines.
const LONGEST_FILE: usize = 300;

/// The runtime from the bottom up. A line is one layer: its files may know one another, and nothing but the layers above it.
const RUNTIME: &[&[&str]] = &[
    &["sync"],
    &["clock"],
    &["config"],
    &["outcome"],
    &["state"],
    &["stats"],
    &["error"],
    &["classify"],
    &["event"],
    &["window"],
    &["engine"],
    &["breaker"],
    &["registry"],
    &["testing"],
    &["last_good"],
    &["__private"],
];

/// The macros from the bottom up.
const MACROS: &[&[&str]] = &[
    &["limits", "tokens"],
    &["diagnostics/errors", "diagnostics/suggestions"],
    &["diagnostics/original_item"],
    &["diagnostics"],
    &["args/cursor", "args/key"],
    &["args"],
    &["item/attribute", "item/other_items", "item/return_type"],
    &["item/async_block", "item/params"],
    &["item"],
    &["plan/settings"],
    &["plan/fallback", "plan/last_good", "plan/output"],
    &["plan/rules"],
    &["plan"],
    &[
        "expand/classifier",
        "expand/cloned_args",
        "expand/ide",
        "expand/last_good_key",
    ],
    &["expand/arguments"],
    &["expand/body", "expand/last_good"],
    &["expand/admission", "expand/fallback", "expand/site"],
    &["expand/flow", "expand/unguarded"],
    &["expand"],
];

/// Modules of tests: they may name everything.
const TESTS: &[&str] = &["tests", "loom_tests", "properties"];

/// What belongs to nobody but the people who wrote it.
const FORBIDDEN: &[&str] = &[
    concat!("../", "shared"),
    concat!("issue", " #"),
    concat!("/work", "/"),
    concat!("DESIGN", ".md"),
    concat!("STYLE", ".md"),
    concat!("MACRO-", "CASES"),
];

#[test]
fn a_file_of_the_runtime_names_only_files_below_it() {
    Crate::read("runtime/src", RUNTIME).check();
}

#[test]
fn a_file_of_the_macros_names_only_files_below_it() {
    Crate::read("macros/src", MACROS).check();
}

#[test]
fn no_source_file_is_long() {
    let long: Vec<_> = ["macros", "runtime", "tests", "examples"]
        .iter()
        .flat_map(|member| files_in(&root().join(member)))
        .filter(|file| file.extension().is_some_and(|extension| extension == "rs"))
        .map(|file| (lines(&read(&file)), file))
        .filter(|(lines, _)| *lines >= LONGEST_FILE)
        .collect();
    assert!(long.is_empty(), "split these: {long:#?}");
}

#[test]
fn nothing_speaks_of_what_a_reader_does_not_have() {
    let told: Vec<_> = files_in(&root())
        .into_iter()
        .flat_map(|file| {
            let text = fs::read_to_string(&file).unwrap_or_default();
            let found = FORBIDDEN.iter().filter(move |word| text.contains(**word));
            found.map(move |word| (file.clone(), *word))
        })
        .collect();
    assert!(told.is_empty(), "{told:#?}");
}

/// One crate's files, and the layer of each.
struct Crate {
    files: BTreeMap<String, String>,
    layers: BTreeMap<&'static str, usize>,
}

impl Crate {
    fn read(folder: &str, layers: &[&[&'static str]]) -> Self {
        let folder = root().join(folder);
        let files = files_in(&folder)
            .into_iter()
            .map(|file| (module_path(&folder, &file), code(&read(&file))));
        let layers = layers.iter().enumerate();
        Self {
            files: files.collect(),
            layers: layers
                .flat_map(|(layer, units)| units.iter().map(move |unit| (*unit, layer)))
                .collect(),
        }
    }

    fn check(&self) {
        let mut wrong = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for (file, code) in self.files.iter().filter(|(file, _)| !names_everything(file)) {
            let Some(unit) = self.unit(file) else {
                wrong.insert(format!("{file}.rs has no layer: write it into the list"));
                continue;
            };
            seen.insert(unit);
            for path in named_paths(code) {
                let below = self.resolve(&path);
                if below.is_some_and(|below| below != unit && self.layers[below] > self.layers[unit]) {
                    wrong.insert(format!(
                        "{file}.rs names crate::{}, which is above it",
                        path.join("::")
                    ));
                }
            }
        }
        wrong.extend(
            self.layers
                .keys()
                .filter(|unit| !seen.contains(*unit))
                .map(|unit| format!("there is no {unit}.rs")),
        );
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    /// The file or folder of the list to which a module belongs.
    fn unit(&self, module: &str) -> Option<&'static str> {
        let folder = module.split('/').next().unwrap_or(module);
        let known = |name: &str| self.layers.get_key_value(name).map(|(unit, _)| *unit);
        known(module).or_else(|| known(folder))
    }

    /// The file or folder that a path names, also through `pub use` in `lib.rs` and `mod.rs`.
    fn resolve(&self, path: &[String]) -> Option<&'static str> {
        let first = path.first()?;
        let Some(second) = path.get(1).filter(|_| self.unit(first).is_some()) else {
            return self
                .unit(first)
                .or_else(|| self.unit(&self.origin("lib", first)?));
        };
        let origin = self
            .origin(&format!("{first}/mod"), second)
            .unwrap_or_else(|| second.clone());
        self.unit(&format!("{first}/{origin}"))
    }

    /// The module from which a file re-exports a name.
    fn origin(&self, file: &str, name: &str) -> Option<String> {
        let code = self.files.get(file)?;
        let exports = code
            .split("pub use ")
            .skip(1)
            .filter_map(|rest| rest.split(';').next());
        let paths = exports.flat_map(|tree| tree_paths(tree.trim()));
        paths
            .into_iter()
            .find(|path| path.len() > 1 && path.last().is_some_and(|last| last == name))?
            .into_iter()
            .next()
    }
}

/// The root does, and tests do.
fn names_everything(file: &str) -> bool {
    file == "lib" || file.split('/').any(|part| TESTS.contains(&part))
}

/// A file without comments and without the tests at its end.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join(" ")
}

fn lines(text: &str) -> usize {
    text.lines().count()
}

/// `folder/file` of a module's file; a folder's `mod.rs` keeps its name.
fn module_path(folder: &Path, file: &Path) -> String {
    let relative = file
        .strip_prefix(folder)
        .expect("a file of the folder")
        .with_extension("");
    relative.to_string_lossy().replace('\\', "/")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .expect("the workspace")
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// All files below a folder that belong to the project.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for path in entries.map(|entry| entry.expect("a readable folder").path()) {
        let name = path.file_name().unwrap_or_default();
        if path.is_file() && name != ".git" {
            files.push(path);
        } else if path.is_dir() && name != "target" && name != ".git" {
            files.extend(files_in(&path));
        }
    }
    files
}
