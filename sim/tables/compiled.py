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
import platform
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache, _CacheLocator

F = TypeVar("F", bound=Callable[..., Any])
PACKAGE = Path(__file__).resolve().parents[1]
STALE_AFTER_DAYS = 60
# Without the GIL, IEEE arithmetic in the written order. `fastmath` stays off: reordering would make
# bits depend on the CPU. The wrapper for callbacks from C, which nobody uses, takes time to compile.
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
    """Return a text of one line, made only where the cache does not hold it whole."""
    folder = cache_folder()
    if folder is None:
        return make()
    path = folder / name
    with suppress(OSError, UnicodeDecodeError):
        text = path.read_text(encoding="utf-8")
        if text.endswith("\n"):
            return text[:-1]
    text = make()
    with suppress(OSError):
        temporary = path.with_name(f".{name}-{os.getpid()}")
        temporary.write_text(f"{text}\n", encoding="utf-8")
        os.replace(temporary, path)
    return text


class _Locator(_CacheLocator):
    """Tells numba to use our folder; the folder's name already says what the code depends on."""

    def __init__(self, py_func: Any, folder: Path) -> None:
        self._line = py_func.__code__.co_firstlineno
        self._folder = folder

    def get_cache_path(self) -> str:
        return str(self._folder)

    def get_source_stamp(self) -> str:
        return source_hash()

    def get_disambiguator(self) -> str:
        return str(self._line)

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> _Locator | None:
        folder = cache_folder()
        return None if folder is None else cls(py_func, folder)


class _CacheImplementation(CompileResultCacheImpl):
    _locator_classes = [_Locator]


class _Cache(FunctionCache):
    _impl_class = _CacheImplementation


def inlined(function: F) -> F:
    """Compile as `compiled` does, and make it a part of every compiled function that calls it."""
    return compiled(function, inline="always")


def compiled(function: F, **options: Any) -> F:
    """Compile a function with numba, once on a machine."""
    dispatcher: Any = numba.njit(**OPTIONS | options)(function)
    if cache_folder() is not None:
        dispatcher._cache = _Cache(function)
    return dispatcher


def is_cold() -> bool:
    """Whether the next run has to compile first."""
    folder = cache_folder()
    return folder is None or not any(folder.glob("kernel.advance-*.nbi"))
