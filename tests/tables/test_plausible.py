"""What is plausible lies within what is possible, and holds the value it is about."""

import pytest

from sim.tables.parameters import PARAMETERS
from sim.tables.plausible import RANGES, plausible

ASSUMED = [p for p in PARAMETERS.values() if p.assumed and p.kind == "float"]


@pytest.mark.parametrize("parameter", ASSUMED, ids=lambda p: p.path)
def test_what_is_plausible_is_possible(parameter):
    low, high = plausible(parameter.path)
    assert parameter.low <= low <= high <= parameter.high
    if parameter.path != "deployment.imitation":  # 0, so far: nobody looked at others
        assert low <= parameter.default <= high
    assert set(RANGES) <= set(PARAMETERS)


def test_around_a_value_that_lies_outside_it_is_half_to_one_and_a_half_of_it():
    assert plausible("decision.lapse_rate", 0.1) == RANGES["decision.lapse_rate"]
    assert plausible("decision.lapse_rate", 0.5) == (0.25, 0.75)
    assert plausible("trust.success_gain") == (0.04, 0.12)
    assert plausible("decision.intercept", -10.0) == (-15.0, -5.0)
    assert plausible("population.readiness_high", 0.9) == (0.45, 1.0)
