"""The servers that are asked, each with a package of its own: as it is set up, and where the macro cannot do its work."""

import os
import pathlib
import shutil
from typing import NamedTuple

import cases

HERE = pathlib.Path(__file__).resolve().parent
#: The checkout; another one can be compared with it.
ROOT = pathlib.Path(os.environ.get("FUSEBOX_CHECKOUT", HERE.parent.parent))


class Setup(NamedTuple):
    """How a server is started, and what it is asked."""

    name: str
    groups: dict
    #: Settings beside the usual ones.
    macros: dict = {}
    #: The macro of this package panics on each function.
    panics: bool = False
    #: The library of the package.
    fixture: str = "fixture.rs"
    #: Whether the server also reports what it is not sure of.
    experimental: bool = False


_ON = {"enable": True, "attributes": {"enable": True}}
SETUPS = [
    Setup("as usual", cases.GROUPS, _ON),
    Setup("the macro panics", {"the macro panics": 
          cases.without_macro(("circuit_breaker(", "please report it"), ("circuit_breaker(", "please report it"))}, _ON, True),
    Setup("macros switched off", {"macros switched off": cases.without_macro()}, {"enable": False}),
    Setup("attribute macros switched off", {"attribute macros switched off": cases.without_macro()},
          {"enable": True, "attributes": {"enable": False}}),
    Setup("no macro server", {"no macro server": cases.without_macro(errors="nothing")}, _ON | {"server": "/nowhere/server"}),
]


#: The probes of `probes.py`.
PROBES = Setup("probes", {}, _ON, fixture="probes.rs")
UNSURE = Setup("unsure", {}, _ON, fixture="probes.rs", experimental=True)


def package(setup):
    """A package that depends on this crate, with the fixture as its library."""
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
    project = target / "editors" / setup.name.replace(" ", "-")
    (project / "src").mkdir(parents=True, exist_ok=True)
    crate = _panicking(project / "checkout") if setup.panics else ROOT
    (project / "Cargo.toml").write_text(
        '[package]\nname = "fixture"\nedition = "2024"\n\n[workspace]\nexclude = ["checkout"]\n\n'
        f'[dependencies]\nfusebox = {{ path = "{crate}/runtime", features = ["last-good"] }}\n'
        'async-trait = "0.1"\ntracing = { version = "0.1", features = ["attributes"] }\n'
    )
    shutil.copy(ROOT / "Cargo.lock", project / "Cargo.lock")
    file = project / "src" / "lib.rs"
    shutil.copy(HERE / setup.fixture, file)
    return project, file


def settings(setup, project):
    # All packages are built into one folder: they have the same dependencies.
    cargo = {"targetDir": str(project.parent / "target"), "buildScripts": {"enable": True}}
    if library := os.environ.get("FUSEBOX_RUST_LIBRARY"):
        cargo["sysrootSrc"] = library
    return {
        "cargo": cargo,
        "procMacro": setup.macros,
        "checkOnSave": False,
        "diagnostics": {"experimental": {"enable": setup.experimental}},
        "completion": {"autoimport": {"enable": False}, "postfix": {"enable": False}, "limit": None},
        "files": {"watcher": "server"},
    }


def _panicking(checkout):
    """A copy of this crate, in which the macro has a mistake of its own."""
    shutil.rmtree(checkout, ignore_errors=True)
    for member in ("macros", "runtime"):
        shutil.copytree(ROOT / member, checkout / member)
    manifest = (ROOT / "Cargo.toml").read_text()
    members = [line for line in manifest.splitlines() if line.startswith(("members", "default-members", "exclude"))]
    for line in members:
        manifest = manifest.replace(line, 'members = ["macros", "runtime"]' if line.startswith("members") else "")
    (checkout / "Cargo.toml").write_text(manifest)
    source = checkout / "macros" / "src" / "lib.rs"
    begin = "fn parse_plan_expand(args: TokenStream, tokens: &TokenStream, for_editor: bool) -> TokenStream {\n"
    text = source.read_text()
    assert begin in text, "the macro begins elsewhere"
    source.write_text(text.replace(begin, begin + '    assert!(args.is_empty() && tokens.is_empty(), "a mistake");\n'))
    return checkout
