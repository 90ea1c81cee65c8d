"""What `--help` and `--version` print."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from sim.cli.listing import parameter_rows, table_lines
from sim.tables.settings import SETTINGS
from sim.tables.version import __version__

_HELP = """\
nasss-sim: will this healthcare AI still be used in five years, and what would change that?

It simulates healthcare professionals, AI experts and their organisations month by month: who
tries an AI tool, who stays with it, which organisations give it up, and why.

Examples:
  python -m sim                                         the baseline
  python -m sim +experiment=trust_sweep                 an experiment (list: see below)
  python -m sim alignment.usability=0.8 seed=7          any parameter, any setting
  python -m sim 'process.training=[0,0.05,0.1]'         sweep: these values
  python -m sim 'alignment.privacy={from:0,to:1,steps:11}'   sweep: both ends included
  python -m sim --config-dir my_conf +experiment=mine   your own experiment/mine.yaml

What there is:
  python -m sim list                                    experiments, scenarios, settings, ...
  python -m sim list parameters                         every parameter, its range and meaning

Settings:
SETTINGS_TABLE

Results go to outputs/<experiment>/<time>-<hash>/, or to the folder given by out=DIR: tables
(runs.parquet, summary.csv), report.html, figures, and all that is needed to repeat the runs.
Interrupted? `python -m sim resume FOLDER`, or the same command again, goes on where it stopped.

On several machines: shard=1/16 to shard=16/16, then `python -m sim merge FOLDER`.
`python -m sim story FOLDER --hcp 17` tells one life of a run in words, `--organisation 3` a history.
`python -m sim validate` says which published patterns the model meets.
`python -m sim data check FILE.csv` says what is understood of a series of yours; then fit it with
`+experiment=calibrate_series data=FILE.csv`.
`python -m sim hindcast` forecasts published series of adoption from their first part, beside simple curves.
`python -m sim rate SHEET.csv` tells the outlook of a project rated by NASSS; `rate --template` gives an empty sheet.
`python -m sim page` opens the what-if page in a browser, with the settings given: page scenario=small_clinic policy=training.
`python -m sim handouts` writes two printable pages for each teaching scenario into handouts/.
`python -m sim diff FOLDER1 FOLDER2` tells what differs between two results.

Exit codes: 0 all runs are good; 1 some runs failed, or could not be kept; 2 something asked for is not possible;
130 stopped by Ctrl-C.
"""


def help_text(_: Sequence[str] = ()) -> str:
    """Return the help, with the settings table derived from `SETTINGS`."""
    return _HELP.replace(
        "SETTINGS_TABLE", "\n".join(table_lines(parameter_rows(SETTINGS)))
    ).rstrip()


def processor() -> str:
    """Return the name of the processor, as far as the system tells."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # not Linux
    return platform.processor() or platform.machine() or "unknown processor"


def version_text(_: Sequence[str] = ()) -> str:
    """Return versions and processor; nothing is imported for it."""
    lines = [f"nasss-sim {__version__}", f"Python {platform.python_version()}"]
    lines += [f"{package} {version(package)}" for package in ("numba", "numpy", "mesa")]
    lines.append(f"{processor()}, {os.cpu_count()} cores")
    return "\n".join(lines)
