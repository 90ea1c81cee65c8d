"""The one decorator that compiles, and where compiled code is kept.

numba's own cache keeps serving an old result after an *imported* compiled function was edited
(numba issue 9483) and writes beside the sources. Here the cache lives in a folder of the user,
named by a hash of the sources it is made from and of the versions that generate code, so it can
neither go stale nor need a writable installation. Where no private folder can be had, compiled
code is simply not kept.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import platform
import shutil
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import numba
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.caching import (
    CompileResultCacheImpl,
    FunctionCache,
    IndexDataCacheFile,
    _CacheLocator,
)
from numba.extending import intrinsic, overload, register_jitable

from sim.tables.errors import UserError

F = TypeVar("F", bound=Callable[..., Any])
PACKAGE = Path(__file__).resolve().parents[1]
STALE_AFTER_DAYS = 60
# Without the GIL, IEEE arithmetic in the written order. `fastmath` stays off: reordering would make
# bits depend on the CPU. The wrapper for callbacks from C, which nobody uses, takes time to compile.
GENERATION = (
    "OPT",
    "LOOP_VECTORIZE",
    "SLP_VECTORIZE",
    "ENABLE_AVX",
    "BOUNDSCHECK",
    "DEBUGINFO_DEFAULT",
)
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}


@lru_cache(maxsize=1)
def source_hash() -> str:
    """Return a hash of every source that compiled code depends on, and of what generates it.

    Compiled functions stand in `sim/model` alone (a test holds this); they read the two tables.
    """
    digest = hashlib.sha256()
    tables = (PACKAGE / "tables" / name for name in ("compiled.py", "factors.py", "parameters.py"))
    for path in (*tables, *sorted((PACKAGE / "model").rglob("*.py"))):
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    for name in ("numba", "llvmlite", "numpy"):
        digest.update(f"{name}={version(name)};".encode())
    digest.update(f"{sys.version_info[:2]} {platform.machine()}".encode())
    # what the environment may ask of the compiler, such as NUMBA_OPT=0
    digest.update(str([getattr(numba.config, name, None) for name in GENERATION]).encode())
    return digest.hexdigest()[:20]


def _user_folder() -> Path | None:
    """Return the user's cache folder, or None where there is no home."""
    given = os.environ.get("NASSS_SIM_CACHE")
    if given:
        return Path(given)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return Path(base) / "nasss-sim" / "cache" if base else None
    base = os.environ.get("XDG_CACHE_HOME")
    if base and os.path.isabs(base):
        return Path(base) / "nasss-sim"
    home = os.path.expanduser("~")
    return Path(home) / ".cache" / "nasss-sim" if os.path.isabs(home) else None


def _private(folder: Path) -> bool:
    """Whether nobody else could have put code there: cached code is executed."""
    if not hasattr(os, "getuid"):
        return True
    status = folder.stat()
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


@lru_cache(maxsize=1)
def cache_folder() -> Path | None:
    """Return the folder for this version's compiled code; None where none is safe.

    A folder that belongs to somebody else, or that others may write, is refused.
    """
    base = _user_folder()
    if base is None:
        return None
    folder = base / source_hash()
    try:
        base.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        if not (_private(base) and _private(folder)):
            return None
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
        os.utime(folder)
    except OSError:
        return None
    _drop_old_versions(base, folder)
    return folder


def _drop_old_versions(base: Path, current: Path) -> None:
    """Remove folders of other versions that nobody used for long; each is a few megabytes."""
    limit = time.time() - STALE_AFTER_DAYS * 86400
    for other in base.iterdir():
        named_by_hash = len(other.name) == len(current.name) and other.name.isalnum()
        if named_by_hash and other != current and other.stat().st_mtime < limit:
            shutil.rmtree(other, ignore_errors=True)


def kept_text(name: str, make: Callable[[], str]) -> str:
    """Return a text, made only where the cache does not hold it whole."""
    folder = cache_folder()
    if folder is None:
        return make()
    path = folder / name
    with suppress(OSError, ValueError):
        return _opened(path.read_bytes()).decode()
    text = make()
    temporary = path.with_name(f".{name}-{os.getpid()}")
    with suppress(OSError):
        try:
            temporary.write_bytes(_sealed(text.encode()))
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    return text


def _sealed(content: bytes) -> bytes:
    """Return what is kept in a file, with its checksum."""
    return hashlib.sha256(content).digest() + content


def _opened(kept: bytes) -> bytes:
    """Return what was sealed; a ValueError if the file was cut short or altered."""
    content = kept[hashlib.sha256().digest_size :]
    if _sealed(content) != kept:
        raise ValueError("damaged")
    return content


class _Locator(_CacheLocator):
    """Tells numba to use our folder; the folder's name already says what the code depends on."""

    def __init__(self, py_func: Any, folder: Path) -> None:
        self._py_file = py_func.__code__.co_filename
        self._lineno = py_func.__code__.co_firstlineno
        self._folder = folder

    def get_cache_path(self) -> str:
        return str(self._folder)

    def get_source_stamp(self) -> str:
        return source_hash()

    def get_disambiguator(self) -> str:
        return str(self._lineno)

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> _Locator | None:
        folder = cache_folder()
        return None if folder is None else cls(py_func, folder)


class _CacheImplementation(CompileResultCacheImpl):
    _locator_classes = [_Locator]

    def check_cachable(self, result: Any) -> bool:
        """Return whether code can be kept; where not (NUMBA_OPT=0), that is nobody's concern."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return bool(super().check_cachable(result))


class _Files(IndexDataCacheFile):
    """The files of a function, whose code is read only if it is what was written."""

    def _dump(self, obj: Any) -> bytes:
        return _sealed(super()._dump(obj))

    def _load_index(self) -> dict[Any, str]:
        try:
            content = Path(self._index_path).read_bytes()
        except FileNotFoundError:
            return {}
        version = pickle.dumps(self._version, protocol=-1)
        stamp, overloads = pickle.loads(_opened(content.removeprefix(version)))
        return overloads if stamp == self._source_stamp else {}

    def _load_data(self, name: str) -> Any:
        return pickle.loads(_opened(Path(self._data_path(name)).read_bytes()))


class _Cache(FunctionCache):
    """Keeps what it can: a cache that is damaged, full or unwritable costs only time."""

    _impl_class = _CacheImplementation

    def __init__(self, function: Any) -> None:
        super().__init__(function)
        files = self._cache_file
        base = files._index_name.removesuffix(".nbi")
        self._cache_file = _Files(files._cache_path, base, files._source_stamp)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except (OSError, ValueError):
            with suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        with suppress(OSError, ValueError):
            super().save_overload(sig, data)


def inlined(function: F) -> F:
    """Compile as `compiled` does, and make it a part of every compiled function that calls it."""
    return compiled(function, inline="always", _nrt=False)


def compiled(function: F, **options: Any) -> F:
    """Compile a function with numba, once on a machine."""
    if numba.config.DISABLE_JIT:  # type: ignore[attr-defined, unused-ignore]
        raise UserError(
            "NUMBA_DISABLE_JIT=1: without compiled code nothing can be simulated; unset it"
        )
    dispatcher: Any = numba.njit(**OPTIONS | options)(function)
    if cache_folder() is not None:
        dispatcher._cache = _Cache(function)
    return dispatcher


def shared(function: F) -> F:
    """Leave a function to Python, and make it a part of compiled code that calls it.

    For what Python does once in a run, which is compiled for the page alone: a first run waits for
    no more than it needs.
    """
    made: F = register_jitable(**OPTIONS)(function)
    return made


def when_compiled(function: Callable[..., Any]) -> Callable[[F], F]:
    """Put what is decorated in the place of a function that only Python can run, in compiled code."""

    def replacing(other: F) -> F:
        options: Any = dict(OPTIONS)
        overload(function, jit_options=options, strict=False)(lambda *arguments: other)
        return other

    return replacing


def borrowing(function: F) -> F:
    """Compile a function that makes no array and returns none.

    It then counts no references to the arrays that it is given, cuts up or passes on; each count
    is an atomic operation that costs as much as several draws (numba's own name of the option).
    """
    return compiled(function, _nrt=False)


def _fetch(_: Any, array: Any, place: Any) -> Any:
    """Ask the memory for one place of a flat array and go on: it is there when it is read.

    A hint that changes no result: the compiler's own `prefetch`, which WebAssembly leaves out.
    """

    def code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        values = context.make_array(array)(context, builder, given[0])
        at = cgutils.get_item_pointer(context, builder, array, values, given[1:])
        address = builder.bitcast(at, cgutils.voidptr_t)
        how = [ir.Constant(ir.IntType(32), n) for n in (0, 3, 1)]  # to read, again and again, data
        kind = ir.FunctionType(ir.VoidType(), [address.type, *(n.type for n in how)])
        ask = builder.module.declare_intrinsic("llvm.prefetch", [address.type], kind)
        builder.call(ask, [address, *how])
        return context.get_dummy_value()

    return types.void(array, types.intp), code


fetch: Any = intrinsic(_fetch)


def is_cold() -> bool:
    """Whether the next run has to compile first."""
    folder = cache_folder()
    return folder is None or not any(folder.glob("kernel.advance-*.nbi"))
