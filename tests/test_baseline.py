"""Numbers do not change unnoticed, and a change is named in the changelog."""

from pathlib import Path

import baseline
import yaml

CHANGELOG = Path(__file__).parent.parent / "CHANGELOG.md"


def test_numbers_are_those_of_the_baseline():
    kept = yaml.safe_load(baseline.FILE.read_text(encoding="utf-8"))
    found = baseline.numbers()
    lines = baseline.differences(found, kept["numbers"])
    assert not lines, "\n".join(
        ["numbers changed; if it is meant: python tests/baseline.py --update", *lines]
    )
    assert baseline.fingerprint(found) == kept["fingerprint"]


def test_the_newest_baseline_is_named_in_the_changelog():
    kept = yaml.safe_load(baseline.FILE.read_text(encoding="utf-8"))
    assert kept["fingerprint"] in CHANGELOG.read_text(encoding="utf-8")


def test_a_difference_in_the_last_bit_is_seen():
    kept = {"a": {"trust": [0.1 + 0.2]}}
    assert baseline.differences({"a": {"trust": [0.3]}}, kept)
    assert not baseline.differences({"a": {"trust": [0.1 + 0.2]}}, kept)
