"""Published patterns measured anew: the table of docs/validation.md, and its figure.

python -m website.validation
"""

from __future__ import annotations

import sys

from sim.reports.draw_files import draw, save_figure
from sim.studies.validate import TITLE, figure, markdown, validate
from website.document import FOLDER
from website.document_blocks import filled

PAGE = FOLDER / "validation.md"
FIGURE = FOLDER / "images" / "validation"


def main() -> int:
    """Write page and figure, if the numbers have changed."""
    found = validate()
    old = PAGE.read_text(encoding="utf-8")
    new = filled(old, {"patterns": lambda: markdown(found)})
    if new != old or not FIGURE.with_suffix(".png").is_file():
        PAGE.write_text(new, encoding="utf-8", newline="\n")
        save_figure(draw(figure(found), TITLE), FIGURE, TITLE, {"seed": str(found.seed)})
        FIGURE.with_suffix(".svg").unlink()
        print(f"{FOLDER.name}/{PAGE.name} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
