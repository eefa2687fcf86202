#!/usr/bin/env python3
"""Compares the attribute with the plain function and with `#[tracing::instrument]`, kind by kind.

    FUSEBOX_RUST_ANALYZER=/path/to/rust-analyzer tests/editors/probes.py [number of a kind …]

Each probe is one small piece of code after `probes.rs`. `$0` is the cursor. Where the plain function has an answer, the
attribute must give the same one; `instrument` is asked too, so that the table shows what any attribute macro costs.
Prints one row per kind and exits with 1 if something is missing, with 2 if the server does not start.
"""

import os
import re
import sys
import time

import kinds
import servers
from client import Editor

INSTRUMENT = "#[instrument(skip_all)]"


class Probe:
    """One text in three forms: with the attribute, plain, and with `instrument`. The offsets are those of the first."""

    def __init__(self, prelude, snippet):
        start = len(prelude) + 1
        self.at = [start + found.start() - 2 * index for index, found in enumerate(re.finditer(r"\$0", snippet))]
        self.text = prelude + "\n" + snippet.replace("$0", "")
        self.start = start
        self.attribute = _span(self.text, start)

    @property
    def end(self):
        return self.attribute[1]

    def instead(self, other):
        """The text with another attribute, which takes as many characters."""
        start, end = self.attribute
        kept = "".join(c if c == "\n" else " " for c in self.text[start:end])
        return self.text[:start] + other + kept[len(other):] + self.text[end:]

    @property
    def plain(self):
        return self.instead("")

    @property
    def instrumented(self):
        return self.instead(INSTRUMENT)


def _span(text, start):
    """Where the attribute begins and ends."""
    begin = start + re.search(r"#\[(fusebox::)?(circuit_breaker|cb)\(?", text[start:]).start()
    depth = 0
    for at in range(begin + 1, len(text)):
        depth += (text[at] in "[({") - (text[at] in "])}")
        if depth == 0:
            return begin, at + 1
    raise ValueError("the attribute has no end")


def start(setup, server):
    """The server, once it runs macros."""
    project, file = servers.package(setup)
    editor, prelude = Editor(server, project, file, servers.settings(setup, project)), file.read_text()
    probe = Probe(prelude, "#[circuit_breaker(fallback = stored::$0answer)]\nasync fn f(id: u32) -> Answer<u32> { Ok(id) }\n")
    end = time.time() + 600
    editor.wait_until_quiet(300)
    while time.time() < end:
        editor.show(probe.text)
        if "Answers from memory" in editor.hover(probe.at[0]):
            return editor, prelude
        time.sleep(1)
    raise TimeoutError(f"the server does not run the macro; see {project}/server.log")


def main():
    server = os.environ.get("FUSEBOX_RUST_ANALYZER")
    if not server:
        print(__doc__)
        return 2
    wanted = [int(word) for word in sys.argv[1:]]
    failures = []
    print("| kind | probes | right | of these, where `instrument` differs from the plain function |\n|---|---|---|---|")
    for setup, of_setup in ((servers.PROBES, kinds.KINDS), (servers.UNSURE, kinds.UNSURE)):
        chosen = [kind for kind in of_setup if not wanted or kind.number in wanted]
        if not chosen:
            continue
        try:
            editor, prelude = start(setup, server)
        except TimeoutError as error:
            print(error)
            return 2
        for kind in chosen:
            asked, wrong, differs = 0, [], 0
            for name, question in kind.questions:
                asked += 1
                try:
                    found, instrument = question(editor, prelude)
                except (RuntimeError, TimeoutError, ValueError, IndexError) as error:
                    found, instrument = f"{type(error).__name__}: {error}", False
                differs += instrument
                if found:
                    wrong.append(f"{kind.number} {name}: {found}")
            print(f"| {kind.number}. {kind.name} | {asked} | {asked - len(wrong)} | {differs} |", flush=True)
            failures += wrong
        editor.close()
    print(f"\n{len(failures)} failures", *failures, sep="\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
