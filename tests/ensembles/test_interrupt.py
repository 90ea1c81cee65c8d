"""Ctrl-C is heard also where Python drops the exception: in callbacks from C, and in `__del__`."""

from __future__ import annotations

import ctypes
import gc
import signal
import sys
import time

import llvmlite.binding as llvm
import pytest
from llvmlite.binding.ffi import ObjectRef

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


def compile_with(**callbacks):
    """Let LLVM compile a function, and call back while it does."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine()
    module = llvm.parse_assembly("define i32 @one() { ret i32 1 }")
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.set_object_cache(**callbacks)
    engine.finalize_object()
    return ctypes.CFUNCTYPE(ctypes.c_int)(engine.get_function_address("one"))()


def in_the_notification():
    assert compile_with(notify_func=press) == 1


def in_the_look_into_the_cache():
    assert compile_with(getbuffer_func=press) == 1


def in_the_deletion_of_an_object():
    class Deleted(ObjectRef):
        _dispose = press

    Deleted(llvm.parse_assembly("")._ptr)
    gc.collect()


DEAF = [in_the_notification, in_the_look_into_the_cache, in_the_deletion_of_an_object]


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
    with interrupt.PutOff() as ctrl_c:
        press()
        opened = True
    assert opened
    with pytest.raises(KeyboardInterrupt):
        ctrl_c.raise_if_pressed()
    with interrupt.PutOff() as ctrl_c:
        pass
    ctrl_c.raise_if_pressed()


def test_somebody_elses_handler_stays():
    heard = []
    signal.signal(signal.SIGINT, lambda *_: heard.append(1))
    with interrupt.heard():
        press()
    with interrupt.PutOff() as ctrl_c:
        press()
    ctrl_c.raise_if_pressed()
    assert heard == [1, 1]
    signal.signal(signal.SIGINT, signal.default_int_handler)
