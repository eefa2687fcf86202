#!/usr/bin/env python3
"""Checks what an editor knows about functions with `#[circuit_breaker]`, with valid, invalid and half-typed arguments.

    FUSEBOX_RUST_ANALYZER=/path/to/rust-analyzer tests/editors/check.py [words of a state …]

FUSEBOX_RUST_LIBRARY may name the sources of the standard library (the folder `library`) where the toolchain has none.
Prints a table and exits with 1 if something is missing, with 2 if the checks could not run. Python alone, no packages.
"""

import os
import re
import sys
import time

import cases
import checks
import servers
from client import Editor

COLUMNS = ["body", "parameters", "callers", "references", "rename", "fallback", "completion", "errors"]
COLUMN_OF = {"earlier": "body", "fields": "completion", "keys": "completion", "value": "completion", "variants": "completion",
             "no value": "completion", "fallback renamed": "fallback", "same errors": "errors"}
#: Questions that a function without the attribute can be asked too.
PLAIN = {"body", "earlier", "fields", "parameters", "callers", "references", "rename"}


def known_keys():
    """The arguments with the first words of their documentation, from the file that has it for editors."""
    found = re.findall(r"/// (.*)\n(?:///.*\n)*pub const (\w+): \(\)", (servers.ROOT / "runtime/src/__private/ide.rs").read_text())
    return {key: words[:20] for words, key in found}


def ask(name, editor, text, state, known, plain):
    if name == "keys":
        return checks.keys(editor, text, known)
    if name == "errors":
        return checks.errors(editor, text, state.expected)
    if name == "same errors":
        return checks.same_errors(editor, text, plain)
    return getattr(checks, name.replace(" ", "_"))(editor, text)


def run(state, editor, fixture, known):
    """What is wrong, by column; `None` where the same function without the attribute has no answer either."""
    text, plain = checks.Text(fixture, state), checks.Text(fixture, state, plain=True)
    editor.show(text.all)
    found = {}
    for name in state.asks:
        wrong = answer(name, editor, text, state, known, plain)
        if wrong and name in PLAIN:
            editor.show(plain.all)
            wrong = wrong if not answer(name, editor, plain, state, known, plain) else None
            editor.show(text.all)
        column = COLUMN_OF.get(name, name)
        found[column] = found.get(column) or wrong
    return found


def answer(name, editor, text, state, known, plain):
    try:
        return ask(name, editor, text, state, known, plain)
    except (RuntimeError, TimeoutError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def documentation(editor, fixture):
    """The attribute explains itself, and so does each argument, as its documentation says it."""
    start = fixture.index("#[circuit_breaker(threshold = 5")
    arguments = 'threshold = 5, cooldown = "10s", fallback = cached_orders'
    editor.show(fixture)
    attribute = editor.hover(fixture.index("circuit_breaker", start))
    parts = ["Puts a circuit breaker around", *(f"\n|`{key}`|" for key in [*known_keys(), "crate"])]
    wrong = [f"hover on the attribute: {part}" for part in parts if part not in attribute]
    broken = [part for part in ("](<", "<code>") if part in attribute]
    wrong += [f"hover on the attribute shows `{part}`" for part in broken]
    for key, words in known_keys().items():
        text = fixture.replace(arguments, f"{key} = 1", 1)
        editor.show(text)
        if words not in editor.hover(text.index(f"{key} = 1", start)):
            wrong.append(f"hover on `{key}`")
    return wrong


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


def start(setup, server):
    """The server, once it knows the fixture."""
    project, file = servers.package(setup)
    fixture = file.read_text()
    editor = Editor(server, project, file, servers.settings(setup, project))
    started = time.time()
    is_usual = setup.groups is cases.GROUPS
    while not editor.wait_until_quiet(300) or "Order" not in editor.hover(fixture.index("order.number")) or (
            is_usual and editor.errors()):
        if time.time() - started > 600:
            raise TimeoutError(f"the server does not know the fixture: {editor.errors()}; see {project}/server.log")
        time.sleep(1)
    print(f"{setup.name}: rust-analyzer {editor.server}, ready after {time.time() - started:.0f} s\n")
    return editor, fixture


def cell(found, column):
    if column not in found:
        return ""
    return "–" if found[column] is None else "**no**" if found[column] else "yes"


def tables(setup, editor, fixture, words):
    """Prints them; returns what is missing."""
    failures = []
    for group, states in setup.groups.items():
        print(f"| {group} | {' | '.join(COLUMNS)} |\n|---|{'---|' * len(COLUMNS)}")
        for state in (state for state in states if words in state.name):
            found = run(state, editor, fixture, known_keys())
            name = state.name.replace("|", "\\|")
            print(f"| `{name}` | {' | '.join(cell(found, column) for column in COLUMNS)} |", flush=True)
            failures += [f"{group}, {state.name}: {wrong}" for wrong in found.values() if wrong]
        print()
    return failures


def main():
    server = os.environ.get("FUSEBOX_RUST_ANALYZER")
    if not server:
        print(__doc__)
        return 2
    failures = []
    for setup in servers.SETUPS:
        try:
            editor, fixture = start(setup, server)
        except TimeoutError as error:
            print(error)
            return 2
        failures += tables(setup, editor, fixture, " ".join(sys.argv[1:]))
        if setup.groups is cases.GROUPS:
            for name, wrong in (("documentation", documentation), ("methods", method)):
                missing = wrong(editor, fixture)
                print(f"{name}: {'**no**' if missing else 'yes'}\n")
                failures += [f"{name}: {one}" for one in missing]
        editor.close()
    print(f"{len(failures)} failures", *failures, sep="\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
