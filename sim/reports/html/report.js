"use strict";
// Figures: what is told where one points. Of spots in one another the smallest counts, then the nearest.
const spots = JSON.parse(document.getElementById("spots").textContent), whole = 10000;
document.querySelectorAll(".picture").forEach((picture, n) => {
  const spot = picture.appendChild(document.createElement("div")), told = picture.appendChild(document.createElement("p"));
  Object.assign(spot, { className: "spot", hidden: true });
  Object.assign(told, { className: "told", hidden: true });
  function point(event) {
    const box = picture.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width * whole, y = (event.clientY - box.top) / box.height * whole;
    const away = ([l, t, r, b]) => (r - l) * (b - t) * whole + (x - (l + r) / 2) ** 2 + (y - (t + b) / 2) ** 2;
    const here = spots[n].filter(([l, t, r, b]) => l <= x && x <= r && t <= y && y <= b);
    spot.hidden = told.hidden = here.length === 0;
    if (spot.hidden) return;
    const [l, t, r, b, text] = here.reduce((best, other) => (away(other) < away(best) ? other : best));
    const part = (of) => `${100 * of / whole}%`;
    Object.assign(spot.style, { left: part(l), top: part(t), width: part(r - l), height: part(b - t) });
    told.textContent = text;
    // beside the spot, on the sides where there is room
    const across = x < whole / 2 ? { left: part(r), right: "auto" } : { right: part(whole - l), left: "auto" };
    const up = y < whole / 2 ? { top: part(y), bottom: "auto" } : { bottom: part(whole - y), top: "auto" };
    Object.assign(told.style, across, up);
  }
  picture.addEventListener("pointermove", point);
  picture.addEventListener("pointerdown", point);
  picture.addEventListener("pointerleave", () => { spot.hidden = told.hidden = true; });
});

// Tables: sorted by the column whose head is clicked; cells without a number come last.
function numberOf(text) {
  const found = /^[+-]?[\d,]*\.?\d+(?:e[+-]?\d+)?/.exec(text);
  return found ? Number(found[0].replaceAll(",", "")) : NaN;
}

function compare(a, b) {
  const x = numberOf(a), y = numberOf(b);
  if (Number.isNaN(x) || Number.isNaN(y)) {
    if (!Number.isNaN(x)) return -1;
    if (!Number.isNaN(y)) return 1;
    return a.localeCompare(b, "en");
  }
  return x - y;
}

function sort(head) {
  const table = head.closest("table"), column = head.cellIndex;
  const up = head.getAttribute("aria-sort") !== "ascending";
  for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  const body = table.tBodies[0], text = (row) => row.cells[column].textContent.trim();
  const rows = Array.from(body.rows).sort((r, s) => {
    const a = text(r), b = text(s), missing = Number.isNaN(numberOf(a)) !== Number.isNaN(numberOf(b));
    return up || missing ? compare(a, b) : compare(b, a);
  });
  body.append(...rows);
}

for (const head of document.querySelectorAll("th")) {
  if (!head.textContent) continue;
  const button = document.createElement("button");
  Object.assign(button, { type: "button", title: "sort", textContent: head.textContent });
  button.addEventListener("click", () => sort(head));
  head.replaceChildren(button);
}
window.addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
});
