"""Settings that all tests share."""

import os
import signal

import pytest
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("repeatable")

# A shell that starts the tests in the background has them, and all they start, ignore Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Where `report.html` is really written; elsewhere it would take a second of each little sweep.
WITH_REPORT = ("tests/reports/", "test_experiments", "test_published", "test_command_line")


@pytest.fixture(scope="session", autouse=True)
def few_reports():
    """Write a placeholder for `report.html` in tests of this process that are about something else."""
    from sim.ensembles.store.atomic import write_atomic
    from sim.reports.meanings import REPORT
    from sim.studies import result_files

    real = result_files.save_report

    def save(folder, *more):
        test = os.environ.get("PYTEST_CURRENT_TEST", "")
        if any(name in test for name in WITH_REPORT):
            real(folder, *more)
        else:
            write_atomic(folder / REPORT, "left out by a test")

    result_files.save_report = save
    yield
    result_files.save_report = real
