#!/usr/bin/env python3
"""Measures what `#[circuit_breaker]` costs a compilation: checking, building the macro, and bytes in the binary.

    tests/compile-cost/measure.py [--functions 500] [--runs 5]
    tests/compile-cost/measure.py --only instructions     needs valgrind

All times are user plus system time of cargo and its children, median of the runs, so that other work on the machine
changes them little. Everything goes to `target/compile-cost`. Python alone, no packages; `nm` for the parts of the binary.
"""

import argparse
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SETTINGS = 'threshold = 5, cooldown = "10s"'
#: Instead of an attribute: the body in a block of its own, as every attribute that guards a body has to write it.
BLOCK = "the body in an `async` block, alone"
VARIANTS = {
    "plain": "",
    BLOCK: "",
    "#[tracing::instrument]": "#[tracing::instrument]",
    "#[circuit_breaker]": "#[fusebox::circuit_breaker]",
    "with settings": f"#[fusebox::circuit_breaker({SETTINGS})]",
    "with a fallback": f"#[fusebox::circuit_breaker({SETTINGS}, fallback = instead)]",
    "with a timeout": f'#[fusebox::circuit_breaker({SETTINGS}, timeout = "2s")]',
}
SMALLEST_MACRO = """use quote::ToTokens as _;

#[proc_macro_attribute]
pub fn smallest(_: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    syn::parse::<syn::ItemFn>(item).map_or_else(|e| e.into_compile_error(), |f| f.into_token_stream()).into()
}
"""
#: The crates whose compilation is counted; the first four are the base.
COUNTED = ["unicode_ident", "proc_macro2", "quote", "syn", "smallest", "fusebox_macros"]
#: Runs rustc under valgrind for these crates. It counts rustc without the linker, and writes one log for each crate.
COUNTING_RUSTC = """#!/usr/bin/env python3
import os, sys
command = sys.argv[1:]
crate = command[command.index("--crate-name") + 1] if "--crate-name" in command else ""
if crate in {crates}:
    counted = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    command = counted + ["--log-file={logs}/" + crate] + command
os.execvp(command[0], command)
"""
#: Binaries are larger than libraries: enough to see the parts.
SIZED = ["plain", "with settings", "with a fallback"]


def generate(folder, name, functions, binary):
    """A package with so many small functions."""
    attribute = VARIANTS[name]
    before, behind = ("async move {", "}.await") if name == BLOCK else ("", "")
    (folder / "src").mkdir(parents=True, exist_ok=True)
    (folder / "Cargo.toml").write_text(
        '[package]\nname = "cost"\nedition = "2024"\n\n[workspace]\n\n[dependencies]\n'
        f'fusebox = {{ path = "{ROOT}/runtime" }}\n'
        'tracing = { version = "0.1", features = ["attributes"] }\n'
        'tokio = { version = "1", features = ["rt", "time"] }\n\n[profile.release]\nstrip = false\n'
    )
    shutil.copy(ROOT / "Cargo.lock", folder / "Cargo.lock")
    text = ["#![allow(dead_code)]", "pub async fn instead(id: u64) -> std::io::Result<u64> { Ok(id) }"]
    for n in range(functions):
        text.append(
            f"{attribute}\npub async fn call_{n}(id: u64) -> std::io::Result<u64> {{{before}\n"
            f"    let more = instead(id + {n}).await?;\n    if more == 0 {{\n"
            "        return Err(std::io::ErrorKind::NotFound.into());\n    }\n    Ok(more)\n" + behind + "}"
        )
    if binary:
        arms = "".join(f"{n} => call_{n}(id).await, " for n in range(functions))
        text.append(
            "fn main() {\n    let id = std::env::args().count() as u64;\n"
            "    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();\n"
            f"    let out = runtime.block_on(async {{ match id {{ {arms} _ => Ok(0) }} }});\n"
            '    println!("{}", out.is_ok());\n}'
        )
    file = folder / "src" / ("main.rs" if binary else "lib.rs")
    file.write_text("\n".join(text) + "\n")
    return file


def cargo(folder, target, *arguments, **more):
    """Seconds of processor time. `more` are variables of the environment."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "CARGO_TARGET_DIR": str(target), "CARGO_INCREMENTAL": "0", **more}
    for name in ("RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"):
        environment.pop(name, None)
    done = subprocess.run(["cargo", *arguments, "--quiet", "--offline"], cwd=folder, env=environment,
                          capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def check(work, functions, runs):
    """`cargo check` of the functions alone: everything that they depend on is there already."""
    files = {name: generate(work / f"check-{n}", name, functions, False) for n, name in enumerate(VARIANTS)}
    seconds = {name: [] for name in files}
    for run in range(runs + 1):
        for name, file in files.items():
            file.touch()
            taken = cargo(file.parent.parent, work / "check-target", "check")
            if run > 0:  # the first one builds the dependencies
                seconds[name].append(taken)
    medians = {name: statistics.median(taken) for name, taken in seconds.items()}
    print(f"\n| `cargo check` of {functions} functions | s | ms more per function than plain | of `instrument` |\n|---|---|---|---|")
    for name, median in medians.items():
        more, share = more_than_plain(medians, name)
        print(f"| {name} | {median:.2f} | {more * 1000 / functions:.2f} | {share:.2f} |")


def more_than_plain(costs, name):
    """What a form costs more than the plain functions, and that as a part of what `instrument` costs more."""
    more = costs[name] - costs["plain"]
    return more, more / (costs["#[tracing::instrument]"] - costs["plain"])


def build_of_the_macro(work, runs):
    """A clean build of a program that depends on the macro crate, on an empty one and on the smallest one.

    Not a build of the crate itself: only its own authors build it with debug information.
    """
    lines = workspace_dependencies()
    for name, source in (("empty", ""), ("smallest", SMALLEST_MACRO)):
        package(work / name, name, lines, source, "[lib]\nproc-macro = true\n\n")
    crates = {
        "syn (`full`), quote and proc-macro2 alone": ("empty", work / "empty"),
        "the smallest macro, which parses a function and prints it again, with them": ("smallest", work / "smallest"),
        "fusebox-macros, with them": ("fusebox-macros", ROOT / "macros"),
    }
    seconds = {title: [] for title in crates}
    for name, path in crates.values():
        package(work / f"uses-{name}", f"uses-{name}", [f'{name} = {{ path = "{path}" }}'], "")
    for _ in range(runs):
        for title, (name, _) in crates.items():
            target = work / "macro-target"
            shutil.rmtree(target, ignore_errors=True)
            seconds[title].append(cargo(work / f"uses-{name}", target, "build"))
    medians = {name: statistics.median(taken) for name, taken in seconds.items()}
    alone = next(iter(medians.values()))
    print("\n| clean build | s | |\n|---|---|---|")
    for name, median in medians.items():
        more = "" if median == alone else f"{100 * (median / alone - 1):+.0f} %"
        print(f"| {name} | {median:.2f} | {more} |")


def instructions_of_the_macro(work):
    """The instructions of rustc for each crate. Unlike times, they do not depend on what else the machine does."""
    rustc = counting_rustc(work)
    lines = workspace_dependencies()
    package(work / "smallest", "smallest", lines, SMALLEST_MACRO, "[lib]\nproc-macro = true\n\n")
    both = [f'smallest = {{ path = "{work}/smallest" }}', f'fusebox-macros = {{ path = "{ROOT}/macros" }}']
    package(work / "uses-both", "uses-both", both, "")
    target = work / "macro-target"
    shutil.rmtree(target, ignore_errors=True)
    cargo(work / "uses-both", target, "build", RUSTC_WRAPPER=str(rustc))
    counts = {crate: counted(work, crate) for crate in COUNTED}
    base = sum(counts[crate] for crate in COUNTED[:4])
    print("\n| rustc for | million instructions | of the base |\n|---|---|---|")
    print(f"| syn, quote, proc-macro2 and unicode-ident, the base | {base:,.0f} | 1 |")
    for crate in COUNTED[4:]:
        print(f"| {crate} | {counts[crate]:,.0f} | {counts[crate] / base:.2f} |")


def instructions_of_a_function(work):
    """The instructions of rustc for one function of each form: those of 80 functions minus those of 40."""
    rustc = counting_rustc(work)
    costs = {}
    for n, name in enumerate(VARIANTS):
        counts = []
        for functions in (40, 80):
            file = generate(work / f"count-{n}", name, functions, False)
            file.touch()
            cargo(file.parent.parent, work / "count-target", "check", RUSTC_WRAPPER=str(rustc))
            counts.append(counted(work, "cost"))
        costs[name] = (counts[1] - counts[0]) / 40
    print("\n| one function | million instructions | more than plain | of `instrument` |\n|---|---|---|---|")
    for name, cost in costs.items():
        more, share = more_than_plain(costs, name)
        print(f"| {name} | {cost:.2f} | {more:.2f} | {share:.2f} |")


def counting_rustc(work):
    """A wrapper of rustc that counts the instructions for some crates."""
    logs = work / "instructions"
    logs.mkdir(exist_ok=True)
    rustc = work / "counting-rustc"
    rustc.write_text(COUNTING_RUSTC.format(crates=[*COUNTED, "cost"], logs=logs))
    rustc.chmod(0o755)
    return rustc


def counted(work, crate):
    """Million instructions for the last compilation of a crate."""
    found = re.search(r"refs:\s+([\d,]+)", (work / "instructions" / crate).read_text())
    return int(found.group(1).replace(",", "")) / 1e6


def workspace_dependencies():
    """What the macro depends on, as the workspace declares it."""
    workspace = (ROOT / "Cargo.toml").read_text()
    return [re.search(rf"^{name} = .*$", workspace, re.M).group() for name in ("proc-macro2", "quote", "syn")]


def package(folder, name, dependencies, source, more=""):
    """A package with one source file."""
    (folder / "src").mkdir(parents=True, exist_ok=True)
    (folder / "src" / "lib.rs").write_text(source)
    (folder / "Cargo.toml").write_text(
        f'[package]\nname = "{name}"\nedition = "2024"\n\n[workspace]\n\n{more}[dependencies]\n'
        + "\n".join(dependencies) + "\n"
    )
    shutil.copy(ROOT / "Cargo.lock", folder / "Cargo.lock")


def size(work, functions):
    """Bytes per function in a release binary, and which symbols they are in."""
    target = work / "size-target"
    found = {}
    for n, name in enumerate(SIZED):
        folder = work / f"size-{n}"
        generate(folder, name, functions, True)
        cargo(folder, target, "build", "--release")
        binary = target / "release" / "cost"
        loaded = subprocess.run(["size", binary], capture_output=True, text=True, check=True)
        found[name] = (sum(map(int, loaded.stdout.split("\n")[1].split()[:3])), parts(binary))
    print("\n| release binary | bytes per function | of which |\n|---|---|---|")
    plain, plain_parts = found["plain"]
    for name, (bytes_, by_part) in found.items():
        if name == "plain":
            continue
        more = {part: count - plain_parts.get(part, 0) for part, count in by_part.items()}
        largest = sorted(more.items(), key=lambda item: -item[1])[:4]
        named = ", ".join(f"{part} {count / functions:.0f}" for part, count in largest if count > 0)
        print(f"| {name} | {(bytes_ - plain) / functions:.0f} | {named} |")


def parts(binary):
    """Bytes by kind of symbol."""
    listed = subprocess.run(["nm", "-C", "-S", "--defined-only", binary], capture_output=True, text=True, check=True)
    sums = {}
    for line in listed.stdout.splitlines():
        found = re.match(r"\S+ (\S+) (\w) (.*)", line)
        if found:
            kind = kind_of(found.group(2), found.group(3))
            sums[kind] = sums.get(kind, 0) + int(found.group(1), 16)
    return sums


def kind_of(section, name):
    if "__SITE" in name:
        return "the static"
    if "drop_in_place" in name:
        return "dropping"
    if "cost::main" in name:
        return "the caller, with what is inlined there"
    if "fusebox" in name and "cost::" in name:
        return "generic code of the runtime"
    if "cost::call_" in name:
        return "the function itself"
    if section in "rRdD":
        return "other data"
    return "everything else"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--functions", type=int, default=500)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--only", choices=["check", "macro", "size", "instructions"])
    chosen = arguments.parse_args()
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
    work = target / "compile-cost"
    work.mkdir(parents=True, exist_ok=True)
    version = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    print(f"{version}, {os.cpu_count()} processors, medians of {chosen.runs}")
    if chosen.only in (None, "check"):
        check(work, chosen.functions, chosen.runs)
    if chosen.only in (None, "macro"):
        build_of_the_macro(work, chosen.runs)
    if chosen.only == "instructions":
        instructions_of_a_function(work)
        instructions_of_the_macro(work)
    if chosen.only in (None, "size"):
        size(work, chosen.functions)


if __name__ == "__main__":
    main()
