// Small builders of elements, and numbers in words. Text is always a text node, never markup.

(() => {
  "use strict";

  const tables = JSON.parse(document.getElementById("tables").textContent);
  const SVG = "http://www.w3.org/2000/svg";

  function filled(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined || value === null || value === false) continue;
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (name === "style") node.style.cssText = value; // the content security policy allows no attribute
      else if (name === "value" || name === "checked" || name === "disabled") node[name] = value;
      else node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return node;
  }

  function el(tag, attributes = {}, ...children) {
    return filled(document.createElement(tag), attributes, children);
  }

  function svg(tag, attributes = {}, ...children) {
    return filled(document.createElementNS(SVG, tag), attributes, children);
  }

  function byId(id) {
    return document.getElementById(id);
  }

  function show(node, ...children) {
    node.replaceChildren(...children.flat().filter(Boolean));
  }

  /** A share as people of 100: never 0 for what is not nothing, "no number" for none. */
  function of100(share) {
    if (share === null || share === undefined || Number.isNaN(share)) return "no number";
    const people = 100 * share;
    if (people !== 0 && Math.abs(people) < 0.5) return "under 1";
    return String(Math.round(Math.abs(people)));
  }

  /** The interval of a share, as people of 100. */
  function span(found) {
    if (!found || Number.isNaN(found.low) || found.low === null) return "";
    return `${of100(Math.max(0, found.low))} to ${of100(found.high)}`;
  }

  /** A change of a share in words: "9 more of 100 (5 to 12)". */
  function moreOf100(change) {
    if (!change || Number.isNaN(change.estimate)) return "no number";
    const word = (x) => (x < 0 ? "fewer" : "more");
    const size = (x) => {
      const people = Math.abs(100 * x);
      return people < 10 && people !== 0 ? people.toFixed(1) : String(Math.round(people));
    };
    const { estimate, low, high } = change;
    const text = `${size(estimate)} ${word(estimate)} of 100`;
    if (Number.isNaN(low) || low === null) return text;
    if (low < 0 && high > 0) return `${text} (${size(low)} fewer to ${size(high)} more)`;
    const [near, far] = [low, high].sort((a, b) => Math.abs(a) - Math.abs(b));
    return `${text} (${size(near)} to ${size(far)})`;
  }

  const NUMERALS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

  function timeTold(months) {
    if (months % 12 || months === 0) return `${months} month${months === 1 ? "" : "s"}`;
    const years = months / 12;
    return `${NUMERALS[years] ?? years} year${years === 1 ? "" : "s"}`;
  }

  /** A value of a parameter with its unit, such as "2 % a month". */
  function valueTold(parameter, value) {
    if (value === null) return "not set";
    if (typeof value !== "number") return String(value);
    const each = { "per month": " a month", "per year": " a year", "per meeting": " a meeting" }[parameter.unit] ?? "";
    const shares = ["share", "probability", "per year"];
    const short = (x) => String(Number(x.toPrecision(4)));
    if (shares.includes(parameter.unit) || (each && parameter.of)) {
      return `${short(100 * value)} %${each}`;
    }
    if (["months", "organisations", "HCPs", "ties"].includes(parameter.unit)) {
      return `${short(value)} ${parameter.unit.replace("HCPs", "professionals")}`;
    }
    return `${short(value)}${each}`;
  }

  /** A meaning of the tables as a sentence's part for readers: no abbreviations, titles for keys. */
  function plain(text) {
    return text.replaceAll("an HCP", "a professional").replaceAll("HCP", "professional")
      .replace(/[a-z]+(?:[._][a-z_]+)+/g, (key) => (Object.hasOwn(tables.parameters, key) ? `“${tables.parameters[key].title}”` : key));
  }

  const capital = (text) => text[0].toUpperCase() + text.slice(1);

  function money(amount) {
    const round = Number(amount.toPrecision(amount >= 100 ? 3 : 2));
    return `${round.toLocaleString("en-GB")} ${tables.currency}`;
  }

  /** The word nearest to a mistyped one, by the letters that would have to change; none if far. */
  function nearest(word, known) {
    const typed = word.toLowerCase();
    let best = null;
    let least = Math.max(2, word.length / 3) + 1;
    for (const name of known) {
      if (Math.abs(name.length - word.length) >= least) continue;
      let row = Array.from({ length: name.length + 1 }, (_, n) => n);
      for (let i = 1; i <= word.length; i += 1) {
        const next = [i];
        for (let j = 1; j <= name.length; j += 1) {
          const change = typed[i - 1] === name[j - 1].toLowerCase() ? 0 : 1;
          next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + change));
        }
        row = next;
      }
      if (row[name.length] < least) [best, least] = [name, row[name.length]];
    }
    return best;
  }

  globalThis.Page = { tables, basics: { el, svg, byId, show, of100, span, moreOf100, timeTold, valueTold, plain, capital, money, nearest } };
})();
