"use strict";
// Figures: drawn from the data that the page holds.
const data = JSON.parse(document.getElementById("data").textContent);
if (Object.keys(data.roots).length > 0) {
  Bokeh.set_log_level("error");
  Bokeh.embed
    .embed_items({ figures: data.document }, [{ docid: "figures", roots: data.roots, root_ids: Object.keys(data.roots) }])
    .then(() => { document.documentElement.dataset.drawn = "yes"; });
}

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
