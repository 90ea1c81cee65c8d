// The charts: arithmetic of pixels only. Every number in them was computed by the engine.
(() => {
  "use strict";
  const { el, svg, show, of100, span, timeTold } = Page.basics;

  const ROOM = 15.5; // px, of a word in a chart: its letters have 11.5

  /** Where a chart's axes lie in a width; the timeline shares the same left and right. */
  function frame(width, height) {
    const right = width < 480 ? 112 : 150;
    const box = { left: 38, right, top: 10, bottom: 26, width, height };
    box.inner = Math.max(60, width - box.left - right);
    box.tall = height - box.top - box.bottom;
    return box;
  }

  function xOf(box, months, month) {
    return box.left + (months ? month / months : 0) * box.inner;
  }

  function yearsAxis(box, months) {
    const years = Math.floor(months / 12);
    const step = [1, 2, 5, 10, 20].find((s) => (years / s) * 44 <= box.inner) ?? 50;
    const bottom = box.height - box.bottom;
    const marks = [];
    for (let year = 0; year <= years; year += step) {
      const x = xOf(box, months, 12 * year);
      const last = year + step > years;
      marks.push(
        svg("line", { x1: x, x2: x, y1: bottom, y2: bottom + 4, class: "tick" }),
        svg("text", { x, y: bottom + 17, "text-anchor": "middle" }, year === 0 ? "start" : last ? `year ${year}` : String(year)),
      );
    }
    if (!years) marks.push(svg("text", { x: xOf(box, months, months), y: bottom + 17, "text-anchor": "end" }, `month ${months}`));
    return marks;
  }

  function peopleAxis(box, top) {
    const step = top <= 25 ? 5 : top <= 50 ? 10 : top <= 80 ? 20 : 25;
    const marks = [];
    for (let people = 0; people <= top; people += step) {
      const y = box.top + box.tall * (1 - people / top);
      marks.push(
        svg("line", { x1: box.left, x2: box.left + box.inner, y1: y, y2: y, class: people ? "grid" : "axis" }),
        svg("text", { x: box.left - 7, y: y + 4, "text-anchor": "end" }, String(people)),
      );
    }
    return marks;
  }

  function path(xs, ys) {
    return ys.map((y, n) => `${n ? "L" : "M"}${xs[n].toFixed(1)} ${y.toFixed(1)}`).join("");
  }

  function band(xs, low, high, attributes) {
    const back = [...xs].reverse();
    const d = `${path(xs, high)}${path(back, [...low].reverse()).replace("M", "L")}Z`;
    return svg("path", { d, ...attributes });
  }

  /** Heights of labels at the right edge, moved apart as little as possible. */
  function apart(wanted, top, bottom) {
    const order = wanted.map((_, n) => n).sort((a, b) => wanted[a] - wanted[b]);
    const placed = [...wanted];
    let floor = top + ROOM / 2;
    for (const n of order) {
      placed[n] = Math.max(wanted[n], floor);
      floor = placed[n] + ROOM;
    }
    let ceiling = bottom - ROOM / 2;
    for (const n of order.reverse()) {
      placed[n] = Math.min(placed[n], ceiling);
      ceiling = placed[n] - ROOM;
    }
    return placed;
  }

  /** What stands right of a chart: for each of {y, class, text} its word, with a line to it where that moved. */
  function labels(box, words) {
    const heights = apart(words.map((word) => word.y), 0, box.height - box.bottom + 8);
    const x = box.left + box.inner;
    return words.flatMap((word, n) => [
      Math.abs(heights[n] - word.y) > 3 ? svg("path", { d: `M${x + 1} ${word.y}L${x + 8} ${heights[n]}`, class: "leader" }) : null,
      svg("text", { x: x + 11, y: heights[n] + 4, class: word.class }, word.text),
    ]);
  }

  /** A cursor that follows the pointer or the arrow keys and tells a month in words. */
  function reading(node, picture, box, months, told) {
    const line = svg("line", { y1: box.top, y2: box.height - box.bottom, class: "cursor", visibility: "hidden" });
    const tip = el("div", { class: "tip", hidden: true, role: "status" });
    picture.append(line);
    let month = months;
    const at = (m) => {
      month = m;
      const x = xOf(box, months, m);
      line.setAttribute("x1", x);
      line.setAttribute("x2", x);
      line.setAttribute("visibility", "visible");
      show(tip, el("b", {}, m ? `After ${timeTold(m)}` : "At the start"), ...told(m).map((text) => el("div", {}, text)));
      tip.hidden = false;
      const left = x > box.width / 2;
      tip.style.left = left ? "" : `${x + 10}px`;
      tip.style.right = left ? `${box.width - x + 10}px` : "";
    };
    const away = () => {
      tip.hidden = true;
      line.setAttribute("visibility", "hidden");
    };
    const within = (m) => Math.min(months, Math.max(0, m));
    picture.addEventListener("pointermove", (event) => at(within(Math.round(((event.offsetX - box.left) / box.inner) * months))));
    picture.addEventListener("pointerleave", away);
    picture.addEventListener("blur", away);
    picture.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: 12, PageDown: -12 }[event.key];
      if (event.key === "Escape") away();
      if (!step) return;
      event.preventDefault();
      at(within(month + step));
    });
    show(node, picture, tip);
  }

  function picture(box, summary, ...children) {
    return svg("svg", {
      width: box.width, height: box.height, viewBox: `0 0 ${box.width} ${box.height}`,
      role: "img", "aria-label": summary, tabindex: 0, class: "chart",
    }, ...children);
  }

  /**
   * Use over time. Each line: {name, short, tone, mean, low, high, fan}, shares by month;
   * `tone` is the class that gives colour and dashes.
   */
  function useChart(node, lines, months) {
    const box = frame(node.clientWidth || 640, node.clientWidth < 480 ? 230 : 280);
    const highest = Math.max(0.1, ...lines.flatMap((l) => [...l.mean, ...l.high, ...l.fan.flatMap((one) => Array.from(one))]
      .filter((x) => Number.isFinite(x))));
    const top = [10, 20, 25, 40, 50, 60, 80, 100].find((t) => t >= 100 * highest) ?? 100;
    const xs = Array.from({ length: months + 1 }, (_, m) => xOf(box, months, m));
    const y = (share) => box.top + box.tall * (1 - (100 * share) / top);
    const ys = (shares) => Array.from(shares, y);
    const drawn = lines.flatMap((l) => [
      ...l.fan.map((one) => svg("path", { d: path(xs, ys(one)), class: `fan ${l.tone}` })),
      !Number.isNaN(l.low[months]) ? band(xs, ys(l.low), ys(l.high), { class: `band ${l.tone}` }) : null,
    ]).concat(lines.map((l) => svg("path", { d: path(xs, ys(l.mean)), class: `line ${l.tone}` })));
    const words = lines.map((l) => ({ y: y(l.mean[months]), class: `label ${l.tone}`, text: `${l.short}: ${of100(l.mean[months])}` }));
    const five = months > 60 ? svg("line", { x1: xs[60], x2: xs[60], y1: box.top, y2: box.height - box.bottom, class: "five" }) : null;
    const summary = `Use over ${timeTold(months)}, of 100 professionals. ${lines.map((l) =>
      `${l.name}: ${of100(l.mean[Math.min(60, months)])} after ${timeTold(Math.min(60, months))}, ${of100(l.mean[months])} at the end`).join(". ")}.`;
    const made = picture(box, summary, ...peopleAxis(box, top), ...yearsAxis(box, months), five, ...drawn, ...labels(box, words));
    reading(node, made, box, months, (m) => lines.map((l) => {
      const within = span({ low: l.low[m], high: l.high[m] });
      return `${l.short}: ${of100(l.mean[m])} of 100${within ? ` (${within})` : ""}`;
    }));
  }

  /** Where everybody is: `shares` by place and month, `places` {title, colour} in the same order. */
  function whereChart(node, name, places, shares, months) {
    const box = frame(node.clientWidth || 480, 250);
    const xs = Array.from({ length: months + 1 }, (_, m) => xOf(box, months, m));
    const y = (share) => box.top + box.tall * (1 - share);
    let below = Array.from({ length: months + 1 }, () => 0);
    const words = [];
    const areas = places.map((place, n) => {
      const above = below.map((sum, m) => sum + (shares[n][m] || 0));
      const area = band(xs, below.map(y), above.map(y), { fill: place.colour, class: "area" });
      if (shares[n][months] >= 0.005) {
        words.push({ y: y((below[months] + above[months]) / 2), class: "label", text: `${of100(shares[n][months])} ${place.short}` });
      }
      below = above;
      return area;
    });
    const parts = places.map((p, n) => `${p.title}: ${of100(shares[n][months])}`).join(", ");
    const made = picture(box, `Where everybody is, ${name}; of 100 professionals after ${timeTold(months)}: ${parts}.`,
      ...areas, ...peopleAxis(box, 100), ...yearsAxis(box, months), ...labels(box, words));
    reading(node, made, box, months, (m) => places.map((p, n) => [shares[n][m], p.title]).filter(([s]) => s > 0)
      .reverse().map(([s, title]) => `${title}: ${of100(s)}`));
  }

  /** The five letters: for each row {title, meaning, marks: [{tone, name, found, scale}]} a dot with its interval. */
  function letterRows(node, rows) {
    show(node, ...rows.map((row) => {
      const x = (share) => `${Math.min(100, Math.max(0, 100 * share))}%`;
      const marks = row.marks.filter((mark) => mark.found && Number.isFinite(mark.found.estimate));
      const drawn = marks.flatMap(({ tone, found }) => [
        Number.isFinite(found.low)
          ? el("i", { class: `whisker ${tone}`, style: `left:${x(found.low)};right:calc(100% - ${x(found.high)})` }) : null,
        el("i", { class: `dot ${tone}`, style: `left:${x(found.estimate)}` }),
      ]);
      const told = row.marks.map(({ tone, name, found }) => el("span", { class: `value ${tone}` },
        el("span", { class: "hidden" }, `${name}: `),
        found ? of100(found.estimate) : "–"));
      return el("div", { class: "letter" },
        el("div", { class: "name" }, el("b", {}, row.title), el("small", {}, row.meaning)),
        el("div", { class: "scale", "aria-hidden": "true" }, ...drawn),
        el("div", { class: "values" }, ...told));
    }));
  }

  Page.charts = { frame, xOf, useChart, whereChart, letterRows };
})();
