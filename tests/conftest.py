"""Settings that all tests share."""

import signal

import pytest
from hypothesis import settings

from tests.pictures import no_pictures

settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("repeatable")

# A shell that starts the tests in the background has them, and all they start, ignore Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module")
def chromium():
    """A headless Chromium that is on this machine; without it, or its driver, a test is skipped."""
    from tests.browser import CHROMIUM

    playwright = pytest.importorskip(
        "playwright.sync_api", reason="pip install -e .[page] brings the browser's driver"
    )
    if CHROMIUM is None:
        pytest.skip("there is no Chromium to open pages with")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def write_sample(folder, rows=40):
    """Write the sample of a calibration, made up: each free parameter within what is plausible."""
    import numpy as np

    from sim.reports.files import write_csv
    from sim.tables.plausible import FREE, plausible

    shares = np.random.default_rng(3).random((len(FREE), rows))
    ends = [plausible(path) for path in FREE]
    made = {p: low + x * (high - low) for p, (low, high), x in zip(FREE, ends, shares, strict=True)}
    folder.mkdir(exist_ok=True)
    write_csv(folder / "sample.csv", {"distance": np.full(rows, 0.5), **made})
    return folder


@pytest.fixture(scope="session")
def calibrated(tmp_path_factory):
    """Return the folder of a made-up calibration."""
    return write_sample(tmp_path_factory.mktemp("calibration"))


@pytest.fixture
def other_calibration(tmp_path):
    """Return the folder of one that nobody else has, and a function that makes it another one."""
    folder = write_sample(tmp_path / "mine", 4)
    return folder, lambda: write_sample(folder, 5)


@pytest.fixture
def without_figures():
    """Save time where a test looks at numbers only."""
    with no_pictures():
        yield


@pytest.fixture(scope="module")
def no_figures_here():
    """Save time where all tests of a module do."""
    with no_pictures():
        yield
