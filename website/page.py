"""Make the what-if page: compile the model to WebAssembly, and bundle it with the page's sources.

    python -m website.page            # compiles (one to three minutes; needs the extra `wasm`), bundles
    python -m website.page --bundle   # bundles alone

numba's own intermediate code is retargeted. It is made without optimisation, and in a process of its
own: there fields are still addressed by the types of structures, and not by offsets of 64-bit machines.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from sim.page.bundle import MODULE, bundle, sealed
from sim.page.tables import module_version

TRIPLE = "wasm32-unknown-unknown"
UNOPTIMISED = {
    "NASSS_SIM_CACHE": os.devnull + "/none",
    "NUMBA_OPT": "0",
    "NUMBA_LOOP_VECTORIZE": "0",
    "NUMBA_SLP_VECTORIZE": "0",
    "NUMBA_CPU_NAME": "generic",
    "NUMBA_CPU_FEATURES": "",
}
# The module's bytes are those of these versions; its results of any
PINNED = {"numba": "0.68.1", "llvmlite": "0.50.0", "ziglang": "0.17.0"}
# Of numba's runtime, which website/page_runtime.c stands in for
NOT_TAKEN = re.compile(r"define .*@(_ZN7cpython|NRT_incref|NRT_decref)")


def intermediate_code(name: str) -> str:
    """Return the LLVM code of an export and of all that it calls."""
    import numba

    from sim.page.exports import EXPORTS
    from sim.tables.compiled import OPTIONS

    export = EXPORTS[name]
    dispatcher = numba.njit(**OPTIONS)(export.function)
    dispatcher.compile(
        tuple(
            numba.types.Array(numba.from_dtype(kind[0]), kind[1], "C")
            if isinstance(kind, tuple)
            else numba.from_dtype(kind)
            for kind in export.arguments.values()
        )
    )
    code: str = dispatcher.inspect_llvm(dispatcher.signatures[0])
    return code


def retargeted(code: str, name: str, layout: str) -> str:
    """Return LLVM code for WebAssembly: without Python, and with a name for what is called."""
    code = re.sub(r'target datalayout = "[^"]*"', f'target datalayout = "{layout}"', code)
    code = re.sub(r'target triple = "[^"]*"', f'target triple = "{TRIPLE}"', code)
    code = code.replace(" = common ", " = internal ")  # which WebAssembly does not know
    # what Python would raise is told to nobody, and would name the files of this machine
    code = re.sub(
        r"(@\.const\.pickledata\S* = \S+ constant) \[.*", r"\1 [1 x i8] zeroinitializer", code
    )
    code = re.sub(r"(@\.const\.picklebuf.* = .*pickledata\S*, i32) \d+", r"\1 0", code)
    code = re.sub(r"@(sqrt|ceil)\(", r"@llvm.\1.f64(", code)
    kept, skipping = [], False
    for line in code.split("\n"):
        if found := NOT_TAKEN.match(line):
            skipping = True
            if found[1].startswith("NRT"):
                kept.append(f"declare void @{found[1]}(ptr)")
        if not skipping:
            kept.append(line)
        skipping = skipping and line != "}"
    code = "\n".join(kept)
    entry = re.search(rf"define i32 @(\S*exports{len(name)}{name}[^(]*)\(", code)
    assert entry, f"no function {name}"
    return code.replace(entry[1], name)


def compile_module() -> bytes:
    """Return the WebAssembly module of all exports."""
    import llvmlite.binding as llvm

    from sim.page.exports import EXPORTS

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple(TRIPLE).create_target_machine(
        opt=3, features="+bulk-memory,+nontrapping-fptoint"
    )
    whole = None
    for name in EXPORTS:
        code = retargeted(intermediate_code(name), name, str(machine.target_data))
        module = llvm.parse_assembly(code)
        module.verify()
        for function in module.functions:
            if not function.is_declaration and function.name != name:
                function.linkage = "internal"
        if whole is None:
            whole = module
        else:
            whole.link_in(module)
    passes = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=3))
    passes.getModulePassManager().run(whole, passes)
    return linked(machine.emit_object(whole), [*EXPORTS, "alloc", "reset"])


def linked(code: bytes, exports: list[str]) -> bytes:
    """Return the module of compiled code and the runtime, linked by the linker of ziglang."""
    zig = [sys.executable, "-m", "ziglang"]
    runtime = Path(__file__).with_name("page_runtime.c")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "model.o").write_bytes(code)
        made = (
            "cc -target wasm32-freestanding -mbulk-memory -O3 -fno-builtin -o runtime.o -c".split()
        )
        subprocess.run([*zig, *made, str(runtime)], check=True, cwd=folder)
        given = [f"--export={export}" for export in exports]
        options = ["--no-entry", "-O2", "-s", "--stack-first", "-z", "stack-size=1048576"]
        subprocess.run(
            [*zig, "wasm-ld", *options, *given, "runtime.o", "model.o", "-o", "model.wasm"],
            check=True,
            cwd=folder,
        )
        return (folder / "model.wasm").read_bytes()


def versions() -> dict[str, str]:
    """Return the versions here of what makes the module."""
    return {name: version(name) for name in PINNED}


def made_anew() -> bytes:
    """Return the module, compiled in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.wasm"
        own = [sys.executable, "-m", "website.page", "--compile", str(path)]
        subprocess.run(own, env={**os.environ, **UNOPTIMISED}, check=True)
        return path.read_bytes()


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--compile"]:
        made_of = module_version()  # before: somebody may go on writing meanwhile
        Path(arguments[1]).write_bytes(sealed(compile_module(), made_of))
        return 0
    if arguments != ["--bundle"]:
        MODULE.write_bytes(made_anew())
    print(f"{bundle().stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
