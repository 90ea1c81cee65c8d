"""What a study finds beside the runs of a design: an answer, tables and figures, kept in a folder."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sim.ensembles import output
from sim.ensembles.store.atomic import write_atomic
from sim.reports.answer import Answer, Answered
from sim.reports.figure import Figure
from sim.reports.files import write_csv
from sim.reports.result_tables import Columns
from sim.tables.errors import StoppedError
from sim.tables.messages import one_line

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as Drawn


@contextmanager
def on_disk(folder: Path) -> Iterator[None]:
    """Whatever the disk refuses inside is told with the folder: a full one names no file."""
    try:
        yield
    except OSError as error:
        said = one_line(error.strerror or str(error))
        raise StoppedError(f"{one_line(str(folder))}: {said}") from None


class Findings(NamedTuple):
    """What is told, the columns of each table, figures; the first of each is the main one."""

    answer: Answer
    tables: Mapping[str, Columns]
    figures: Sequence[Figure]
    seed: int

    def save(self, folder: Path) -> None:
        """Write tables and figures."""
        from sim.reports.draw_figures import draw, save_figure

        folder.mkdir(parents=True, exist_ok=True)
        for name, columns in self.tables.items():
            write_csv(folder / f"{name}.csv", columns)
        title = self.answer.title
        for figure in self.figures:
            stamp = {"seed": str(self.seed)}
            save_figure(draw(figure, title), folder / figure.name, title, stamp)

    def deliver(self, folder: Path) -> None:
        """Print the answer, and write it with tables and figures."""
        told = "\n".join(self.answer.lines())
        print(told, flush=True)
        with on_disk(folder):
            self.save(folder)
            write_atomic(folder / "answer.txt", told + "\n")
        print(f"\nFiles: {folder}", flush=True)
        output.kept_in(str(folder))


class Found(Answered):
    """What such a study found, as numbers; printed, it is its answer."""

    @property
    @abstractmethod
    def findings(self) -> Findings:
        """What is told, written and drawn of it."""

    @property
    def told(self) -> Answer:
        """The sentences, and the tables."""
        return self.findings.answer

    @property
    def table(self) -> pd.DataFrame:
        """The main table as a data frame."""
        import pandas as pd

        return pd.DataFrame(next(iter(self.findings.tables.values())))

    def plot(self) -> Drawn:
        """Return the main figure."""
        from sim.reports.draw_figures import draw

        return draw(self.findings.figures[0], self.told.title)
