"""Ctrl-C is never lost, wherever it is pressed.

Python drops an exception that is raised inside a callback from C or while an object is deleted, and
both happen hundreds of times while compiled code is loaded. So a press is remembered: it is raised
again a moment later, and at the latest by whoever leaves the guarded stretch.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

AGAIN_AFTER_SECONDS = 0.05

_pressed: list[int] = []  # while a stretch is guarded


def _mine() -> bool:
    """Whether Ctrl-C comes to this thread, and nobody else's handler hears it."""
    main = threading.current_thread() is threading.main_thread()
    return main and signal.getsignal(signal.SIGINT) in (signal.default_int_handler, _press)


def _press(number: int, frame: FrameType | None) -> None:
    _pressed.append(number)
    signal.default_int_handler(number, frame)


@contextmanager
def heard() -> Iterator[None]:
    """Raise a Ctrl-C at once, or, where Python dropped it, as soon as it can be heard.

    Stretches may lie inside each other. Anybody else's handler, and threads other than the main
    one, are left alone.
    """
    if not _mine():
        yield
        return
    handler, hook = signal.signal(signal.SIGINT, _press), sys.unraisablehook
    left = threading.Event()

    def dropped(what: Any) -> None:
        if what.exc_type is not KeyboardInterrupt:
            hook(what)
            return
        again = threading.Timer(AGAIN_AFTER_SECONDS, _send, [left])
        again.daemon = True
        again.start()

    sys.unraisablehook = dropped
    try:
        yield
        if _pressed:  # and dropped, for it ended nothing
            raise KeyboardInterrupt
    finally:
        left.set()
        sys.unraisablehook = hook
        signal.signal(signal.SIGINT, handler)
        if handler is not _press:
            _pressed.clear()


def _send(left: threading.Event) -> None:
    """Send the signal to the main thread, so that also a call that waits there is woken."""
    main = threading.main_thread().ident
    if left.is_set():
        return
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, signal.SIGINT)
    else:
        signal.raise_signal(signal.SIGINT)


@contextmanager
def put_off() -> Iterator[Callable[[], None]]:
    """Put off Ctrl-C while something is opened that must be closed again.

    Gives what raises it afterwards, if it came; to be called inside of whatever can close.
    """
    pressed: list[int] = []
    before = signal.getsignal(signal.SIGINT)
    if mine := _mine():
        signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))

    def raise_if_pressed() -> None:
        if pressed:
            raise KeyboardInterrupt

    try:
        yield raise_if_pressed
    finally:
        if mine:
            signal.signal(signal.SIGINT, before)
