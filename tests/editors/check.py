#!/usr/bin/env python3
"""Checks what an editor knows about functions with `#[circuit_breaker]`, with valid, invalid and half-typed arguments.

    FUSEBOX_RUST_ANALYZER=/path/to/rust-analyzer tests/editors/check.py [words of a state …]

FUSEBOX_RUST_LIBRARY may name the sources of the standard library (the folder `library`) where the toolchain has none.
Prints a table and exits with 1 if something is missing, with 2 if the checks could not run. Python alone, no packages.
"""

import os
import pathlib
import re
import shutil
import sys
import time

import cases
import checks
from client import Editor

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
COLUMNS = ["body", "parameters", "callers", "references", "rename", "fallback", "completion", "errors"]
COLUMN_OF = {"earlier": "body", "fields": "completion", "keys": "completion", "value": "completion",
             "no value": "completion", "fallback renamed": "fallback"}


def make_project():
    project = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve() / "editors"
    (project / "src").mkdir(parents=True, exist_ok=True)
    (project / "Cargo.toml").write_text(
        '[package]\nname = "fixture"\nedition = "2024"\n\n[workspace]\n\n'
        f'[dependencies]\nfusebox = {{ path = "{ROOT}/runtime" }}\n'
    )
    shutil.copy(ROOT / "Cargo.lock", project / "Cargo.lock")
    file = project / "src" / "lib.rs"
    shutil.copy(HERE / "fixture.rs", file)
    return project, file


def settings(project):
    cargo = {"targetDir": str(project / "target"), "buildScripts": {"enable": True}}
    chosen = {
        "cargo": cargo,
        "procMacro": {"enable": True, "attributes": {"enable": True}},
        "checkOnSave": False,
        "completion": {"autoimport": {"enable": False}, "postfix": {"enable": False}, "limit": None},
        "files": {"watcher": "server"},
    }
    if library := os.environ.get("FUSEBOX_RUST_LIBRARY"):
        cargo["sysrootSrc"] = library
    return chosen


def known_keys():
    """The arguments, from the file that documents them for editors."""
    return re.findall(r"pub const (\w+): \(\)", (ROOT / "runtime/src/ide.rs").read_text())


def ask(name, editor, text, state, known):
    if name == "keys":
        return checks.keys(editor, text, known)
    if name == "errors":
        return checks.errors(editor, text, state.expected)
    return getattr(checks, name.replace(" ", "_"))(editor, text)


def run(state, editor, fixture, known):
    """What is wrong, by column."""
    text = checks.Text(fixture, state)
    editor.show(text.all)
    found = {}
    for name in state.asks:
        try:
            wrong = ask(name, editor, text, state, known)
        except (RuntimeError, TimeoutError, ValueError) as error:
            wrong = f"{type(error).__name__}: {error}"
        column = COLUMN_OF.get(name, name)
        found[column] = found.get(column) or wrong
    return found


def documentation(editor, fixture):
    """The attribute explains itself, and so does each argument."""
    editor.show(fixture)
    start = fixture.index("#[circuit_breaker(threshold = 5")
    wanted = {"circuit_breaker": "Puts a circuit breaker around", "threshold": "When to trip",
              "cooldown": "How long the breaker stays open", "fallback": "What answers instead"}
    return [f"hover on `{word}`" for word, part in wanted.items()
            if part not in editor.hover(fixture.index(word, start))]


def method(editor, fixture):
    """`Self::` is completed, resolved and renamed in an `impl` block too."""
    wrong = []
    editor.show(fixture)
    use, declared = fixture.index("Self::cached_total") + 6, fixture.index("fn cached_total") + 3
    if declared not in editor.definition(use):
        wrong.append("definition of `Self::cached_total`")
    if editor.rename(declared, "renamed") != fixture.replace("cached_total", "renamed"):
        wrong.append("rename of `Self::cached_total`")
    editor.show(fixture.replace("Self::cached_total", "Self::"))
    if "cached_total" not in editor.completion(use):
        wrong.append("completion of `Self::`")
    editor.show(fixture.replace('(name = "shop.total", ', "("))
    if [(token, "needs a `name`" in words) for token, words in editor.errors()] != [("self", True)]:
        wrong.append(f"error of a method without name: {editor.errors()}")
    return wrong


def main():
    server = os.environ.get("FUSEBOX_RUST_ANALYZER")
    if not server:
        print(__doc__)
        return 2
    project, file = make_project()
    fixture = file.read_text()
    editor = Editor(server, project, file, settings(project))
    started = time.time()
    use = fixture.index("order.number")
    while not editor.wait_until_quiet(300) or "Order" not in editor.hover(use) or editor.errors():
        if time.time() - started > 600:
            print(f"the server does not know the fixture: {editor.errors()}; see {project}/server.log")
            return 2
        time.sleep(1)
    print(f"rust-analyzer {editor.server}, ready after {time.time() - started:.0f} s\n")
    words = " ".join(sys.argv[1:])
    failures = []
    for group, states in cases.GROUPS.items():
        print(f"| {group} | {' | '.join(COLUMNS)} |\n|---|{'---|' * len(COLUMNS)}")
        for state in (state for state in states if words in state.name):
            found = run(state, editor, fixture, known_keys())
            cells = ["" if c not in found else "**no**" if found[c] else "yes" for c in COLUMNS]
            name = state.name.replace("|", "\\|")
            print(f"| `{name}` | {' | '.join(cells)} |", flush=True)
            failures += [f"{group}, {state.name}: {wrong}" for wrong in found.values() if wrong]
        print()
    for name, wrong in (("documentation", documentation), ("methods", method)):
        missing = wrong(editor, fixture)
        print(f"{name}: {'**no**' if missing else 'yes'}")
        failures += [f"{name}: {one}" for one in missing]
    editor.close()
    print(f"\n{len(failures)} failures", *failures, sep="\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
