"""Ctrl-C pressed where the exception would be dropped comes again a moment later."""

from __future__ import annotations

import signal
import time

import pytest

from sim.ensembles import interrupt


def _raw_object_cache_notify():  # named as llvmlite's callback, which drops exceptions
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        return "dropped"
    return "put off"


@pytest.fixture(autouse=True)
def default_handler():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_press_inside_the_callback_is_heard_after_it():
    assert _raw_object_cache_notify() == "dropped"
    with pytest.raises(KeyboardInterrupt), interrupt.heard():
        assert _raw_object_cache_notify() == "put off"
        time.sleep(5)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_press_elsewhere_is_heard_at_once():
    with pytest.raises(KeyboardInterrupt), interrupt.heard():
        signal.raise_signal(signal.SIGINT)


def test_a_press_that_is_held_is_raised_when_it_is_let_go():
    with interrupt.Held() as held:
        signal.raise_signal(signal.SIGINT)
        opened = True
    assert opened and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    with pytest.raises(KeyboardInterrupt):
        held.let_go()
    with interrupt.Held() as held:
        pass
    held.let_go()


def test_somebody_elses_handler_stays():
    heard = []
    signal.signal(signal.SIGINT, lambda *_: heard.append(1))
    with interrupt.heard():
        signal.raise_signal(signal.SIGINT)
    assert heard == [1]
