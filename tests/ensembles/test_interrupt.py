"""Ctrl-C is heard also where Python drops the exception: in callbacks from C, and in `__del__`."""

from __future__ import annotations

import ctypes
import gc
import signal
import sys
import time

import pytest

from sim.ensembles import interrupt


@pytest.fixture(autouse=True)
def default_handler(monkeypatch):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)  # as Python does: drop it
    # the worst case: nothing comes again before the stretch ends
    monkeypatch.setattr(interrupt, "AGAIN_AFTER_SECONDS", 3600)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, before)


def press(*_):
    signal.raise_signal(signal.SIGINT)


def in_a_callback_from_c():
    """As LLVM calls back when it has compiled something."""
    ctypes.CFUNCTYPE(None)(press)()


def in_the_deletion_of_an_object():
    class Deleted:
        __del__ = press

    Deleted()
    gc.collect()


DEAF = [in_a_callback_from_c, in_the_deletion_of_an_object]


@pytest.mark.parametrize("place", DEAF)
def test_a_press_that_python_drops_is_raised_by_whoever_leaves_the_stretch(place):
    place()  # without the guard it is lost
    with pytest.raises(KeyboardInterrupt), interrupt.heard():
        place()


@pytest.mark.parametrize("place", DEAF)
def test_a_press_that_python_drops_comes_again(place, monkeypatch):
    monkeypatch.setattr(interrupt, "AGAIN_AFTER_SECONDS", 0.01)
    with pytest.raises(KeyboardInterrupt), interrupt.heard():
        place()
        for _ in range(10_000):  # not one long wait: a signal just before it would not end it
            time.sleep(0.01)


def test_the_inner_of_two_stretches_raises_it():
    with interrupt.heard():
        with pytest.raises(KeyboardInterrupt), interrupt.heard():
            in_the_deletion_of_an_object()
        interrupt._pressed.clear()


def test_a_press_elsewhere_is_heard_at_once():
    with pytest.raises(KeyboardInterrupt), interrupt.heard():
        press()
        pytest.fail("not at once")


def test_another_exception_that_python_drops_is_told_as_ever(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda what: told.append(what.exc_type))

    class Broken:
        def __del__(self):
            raise ZeroDivisionError

    with interrupt.heard():
        Broken()
        gc.collect()
    assert told == [ZeroDivisionError]


def test_a_press_that_is_put_off_is_raised_when_it_may_be():
    with interrupt.put_off() as raise_if_pressed:
        raise_if_pressed()
        press()
        opened = True
    assert opened
    with pytest.raises(KeyboardInterrupt):
        raise_if_pressed()


def test_somebody_elses_handler_stays():
    heard = []
    signal.signal(signal.SIGINT, lambda *_: heard.append(1))
    with interrupt.heard():
        press()
    with interrupt.put_off() as raise_if_pressed:
        press()
    raise_if_pressed()
    assert heard == [1, 1]
    signal.signal(signal.SIGINT, signal.default_int_handler)
