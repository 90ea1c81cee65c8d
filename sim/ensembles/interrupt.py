"""Ctrl-C is heard also while compiled code is generated or loaded."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN_AFTER_SECONDS = 0.05
# Called from LLVM by way of ctypes, which prints an exception and drops it
DEAF = "_raw_object_cache_notify"


@contextmanager
def heard() -> Iterator[None]:
    """Send Ctrl-C again where it was pressed inside a call that would drop it.

    Anybody else's handler, and threads other than the main one, are left alone.
    """
    own = threading.current_thread() is threading.main_thread()
    if not own or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, _handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


class Held:
    """Puts off Ctrl-C while something is opened that must be closed again.

    Used as a context; afterwards `let_go` raises what was put off, inside of whatever can close.
    """

    def __init__(self) -> None:
        self._pressed = False
        self._before: object = None

    def __enter__(self) -> Held:
        own = threading.current_thread() is threading.main_thread()
        if own and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._before = signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def _press(self, number: int, frame: FrameType | None) -> None:
        self._pressed = True

    def let_go(self) -> None:
        """Raise the Ctrl-C that was put off, if any."""
        if self._pressed:
            raise KeyboardInterrupt


def _handle(number: int, frame: FrameType | None) -> None:
    inside = frame
    while inside is not None:
        if inside.f_code.co_name == DEAF:
            again = threading.Timer(AGAIN_AFTER_SECONDS, _press, [number])
            again.daemon = True
            again.start()
            return
        inside = inside.f_back
    signal.default_int_handler(number, frame)


def _press(number: int) -> None:
    """Send the signal to the main thread, so that also a call that waits there is woken."""
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, number)
    else:
        signal.raise_signal(number)
