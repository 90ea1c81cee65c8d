"""Why a text is not what belongs in its place, and what was probably meant, in words."""

from __future__ import annotations

import math
import re

TEXT = "is text, where a number belongs"
DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")  # as much of Europe writes decimals
_PERCENT = re.compile(r"([-+]?\d+(?:\.\d+)?) ?%")
_NUMBER_TEXT = re.compile(r"[-+]?(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d+)?")


def why_no_names(value: str, letters: str) -> str:
    """Say why a text is no name, nor names joined by +, of these letters."""
    if "," in value:
        return (
            "is more than one (to compare several: in a file a list under design.axes, in Python "
            "compare; + joins what acts together)"
        )
    if "/" in value or "\\" in value or value.endswith((".yaml", ".yml")):
        return (
            "is a path (a file in a folder of yours is found by its name alone, with "
            "--config-dir FOLDER)"
        )
    return f"is not made of {letters}, 0-9 and _"


def why_no_number(value: str, empty: bool) -> str:
    """Say why a text is no number, and how the number is written that was meant.

    Parameters
    ----------
    value : str
    empty : bool
        Whether nothing is allowed as well.
    """
    if re.fullmatch(r"[-+]?0\d+", value):
        return f"{TEXT} (leave out the leading zero)"
    if _NUMBER_TEXT.fullmatch(value):
        # 1e6 is for YAML a text even without quotes
        if "e" in value.lower() and math.isfinite(float(value)):
            return f"{TEXT} (leave out the quotes, and write {float(value):.15g})"
        return f"{TEXT} (leave out the quotes)"
    if empty and value.lower() in ("none", "~"):
        return f"{TEXT} (nothing is written null)"
    if DECIMAL_COMMA.fullmatch(value.strip()):
        point = value.strip().replace(",", ".")
        if re.fullmatch(r"[1-9]\d*,\d{3}", value.strip()):  # a thousand, or one and decimals
            point = f"{value.strip().replace(',', '')} or {point}"
        return f"{TEXT} (write {point})"
    share = _PERCENT.fullmatch(value)
    if share:
        return f"{TEXT} (write {float(share[1]) / 100:.12g})"
    if re.search(r"\d", value) and re.search(r"[^\d.,+-]", value):
        return f"{TEXT} (write the number alone, in digits)"
    return TEXT
