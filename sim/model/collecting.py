"""Mesa, and what its DataCollector and batch_run need of a model and do not ask for."""

from __future__ import annotations

import inspect
import sys
import warnings
from types import FrameType
from typing import Any

import numpy as np

with warnings.catch_warnings():
    # of the progress bar of batch_run, in every notebook that has no widgets
    warnings.filterwarnings("ignore", "IProgress not found")
    import mesa
    from mesa import batchrunner

__all__ = ["HOW_TO_SEED", "Collector", "iteration_of", "mesa"]

# Mesa 3.3 has iterations and no seeds; a parameter `rng` came with 3.4
HOW_TO_SEED = (
    "rng=[1, 2, 3]"
    if "rng" in inspect.signature(mesa.batch_run).parameters
    else '{"seed": [1, 2, 3]} among the parameters'
)
_ONE_RUN = getattr(getattr(batchrunner, "_model_run_func", None), "__code__", None)


def iteration_of(model: Any) -> int | None:
    """Return the number of the iteration for which Mesa's batch_run makes a model; None elsewhere.

    Mesa tells it to nobody, and without it all iterations would be the same run.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code is not _ONE_RUN:
        frame = frame.f_back
    if frame is None or not isinstance(model, frame.f_locals["model_cls"]):
        return None
    return int(frame.f_locals["run"][1])


class Collector(mesa.DataCollector):
    """Has one row for each month, that of the last time it was collected, and never changes it.

    The model collects by itself; a subclass that does so again, as Mesa teaches, adds no second row.
    """

    months: tuple[int, int] | None = None  # of the first and the last row

    def collect(self, model: Any) -> None:
        """Collect this month."""
        first, last = self.months or (model.month, None)
        labels = getattr(self, "_collection_steps", [])  # from Mesa 3.5 on
        if model.month == last:
            if model.month == model.horizon and model.steps > model.month:
                return  # nothing happens after the last month
            for rows in (*self.model_vars.values(), labels):
                del rows[-1:]
        super().collect(model)
        labels[-1:] = [model.month] * len(labels[-1:])
        self.months = first, model.month
        for records in (self._agent_records, self._agenttype_records):
            if records:
                newest = next(reversed(records))
                records[newest] = _kept(records[newest])

    @property
    def lacks_last_month(self) -> bool:
        """Whether batch_run, which in Mesa 3.3 takes no start into account, would not show it."""
        return (
            not hasattr(self, "_collection_steps")
            and self.months is not None
            and not self.months[0]
        )


def _kept(value: Any) -> Any:
    """Return a value with copies of the arrays in it, which the model goes on writing."""
    if isinstance(value, (np.ndarray, np.void)):
        return value.copy()
    if isinstance(value, dict):
        return {name: _kept(one) for name, one in value.items()}
    return type(value)(map(_kept, value)) if type(value) in (list, tuple) else value
