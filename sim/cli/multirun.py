"""`-m`: Hydra's own multirun on top, one command a job, for launchers such as submitit.

Each job is a whole command of this program, with its own folder. Hydra only combines the values,
and hands the jobs to a launcher; what a job means is decided by `sim.cli.compose` as always.
Launchers run code that their configuration names, so this is for files that one trusts.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from sim.cli.arguments import MULTIRUN
from sim.tables.errors import UserError

_OF_HYDRA = ("hydra/", "hydra.")


_failed: list[int] = []  # exit codes of jobs of the basic launcher


def job(config: Any) -> int:
    """Run the command of one job in a process of its own: Hydra does not run inside Hydra."""
    from hydra.core.hydra_config import HydraConfig

    here = HydraConfig.get()
    words = [word.lstrip("+") for word in here.overrides.task]
    code = subprocess.run([sys.executable, "-m", "sim", *words], check=False).returncode
    if code and here.launcher._target_.endswith(".BasicLauncher"):
        _failed.append(code)  # told by the job itself, in a line; the other jobs go on
    elif code:
        raise RuntimeError(f"exit code {code}: python -m sim {' '.join(words)}")
    return code


def multirun(arguments: Sequence[str]) -> int:
    """Run every combination of values that are separated by commas, one job each.

    Returns 0, or the highest exit code of a job. A launcher that runs jobs elsewhere ends the
    program with exit code 1 if one fails. `hydra/launcher=...` and `hydra.*` are handed to Hydra.
    """
    import hydra

    words = []
    for word in arguments:
        if word in MULTIRUN:
            continue
        if word.startswith("-") or "=" not in word:
            raise UserError(f"{word}: with -m, allowed is key=value (values separated by commas)")
        own = word.startswith(_OF_HYDRA)
        words.append(word if own else "+" + word.lstrip("+"))
    if not any(word.startswith("hydra.sweep.dir") for word in words):
        os.makedirs("multirun", exist_ok=True)  # as Hydra does, but told in a line where it can not
    before = sys.argv
    # without logging of its own, and without a folder of its own for each job
    sys.argv = [before[0], "--multirun", "hydra.output_subdir=null", *words]
    try:
        hydra.main(version_base="1.3", config_path=None)(job)()
    finally:
        sys.argv = before
    return max(_failed, default=0)
