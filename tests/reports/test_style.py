"""What the look of all figures promises."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from sim.reports.figures.style import COLOURS, label_points, new_figure


def test_labels_of_points_cover_neither_each_other_nor_a_point():
    points = [(10.0, 5.0), (10.3, 5.1), (10.6, 5.0), (9.8, 5.2), (30.0, 30.0), (np.nan, 1.0)]
    names = ["alignment_workshop", "champions", "network", "onboarding", "far_away", "unknown"]
    figure, axes = new_figure(1, 1, (5, 4))
    panel = axes[0, 0]
    panel.plot(*zip(*points, strict=True), "o")
    panel.margins(0.2)
    label_points(panel, points, names, [COLOURS[0]] * len(names))
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in panel.texts]
    assert [text.get_text() for text in panel.texts] == names[:-1]
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))
    for x, y in panel.transData.transform(points[:-1]):
        assert not any(box.contains(x, y) for box in boxes)
    assert all(panel.bbox.x0 <= box.x0 and box.x1 <= panel.bbox.x1 for box in boxes)
