"""Published patterns measured anew: the table of docs/validation.md, and its figure.

python -m website.validation
"""

from __future__ import annotations

import sys

from sim.studies.validate import TITLE, markdown, validate
from website.document import FOLDER
from website.document_blocks import publish

PAGE = FOLDER / "validation.md"


def main() -> int:
    """Write page and figure, if the numbers have changed."""
    found = validate()
    figures = {FOLDER / "images" / "validation": found.findings.figures[0]}
    return publish(PAGE, "patterns", markdown(found), figures, found.seed, TITLE)


if __name__ == "__main__":
    sys.exit(main())
