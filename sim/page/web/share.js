// Taking it along: the address, the command, the files, the table, a copy of the page.

(() => {
  "use strict";
  const { el, show, byId } = Page.basics;

  function save(name, type, text) {
    const address = URL.createObjectURL(new Blob([text], { type }));
    const link = el("a", { href: address, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }

  /** A text with a button that copies it; where that is not allowed it is marked, to be copied by hand. */
  function copied(label, text) {
    const node = el("pre", { tabindex: 0, "aria-label": label }, text);
    const button = el("button", { type: "button", onclick: async () => {
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(node);
        button.textContent = "Press Ctrl+C";
      }
    } }, "Copy");
    return el("div", { class: "copy" }, node, button);
  }

  function asked(line) {
    return { ...Page.settings.question(line), replicates: Page.main.replicates() };
  }

  const cell = (x) => (typeof x === "number" ? (Number.isFinite(x) ? String(x) : "")
    : /[",\n]/.test(x) ? `"${x.replaceAll('"', '""')}"` : x);
  const csv = (rows) => `${rows.map((row) => row.map(cell).join(",")).join("\n")}\n`;

  /** Every outcome of every line, with its interval. */
  function outcomesTable() {
    const { replies, TOLD } = Page.main;
    const rows = [["future", "outcome", "title", "unit", "mean", "low", "high", "runs"]];
    for (const line of Page.settings.lines()) {
      for (const [name, found] of Object.entries(replies[line]?.summary ?? {})) {
        const { title, unit } = Page.tables.outcomes[name];
        rows.push([TOLD[line], name, title, unit, found.estimate, found.low, found.high, found.runs]);
      }
    }
    return csv(rows);
  }

  /** Every month of every line: means, and the interval of use. */
  function monthsTable() {
    const { replies, TOLD } = Page.main;
    const rows = [];
    for (const line of Page.settings.lines().filter((name) => replies[name])) {
      const { mean, band, months } = replies[line];
      const names = Object.keys(mean);
      if (!rows.length) rows.push(["future", "month", ...names, "adopters_low", "adopters_high"]);
      for (const m of months) {
        rows.push([TOLD[line], m, ...names.map((name) => mean[name][m]), band.adopters.low[m], band.adopters.high[m]]);
      }
    }
    return csv(rows);
  }

  /** This page with its settings inside: nothing that was typed can end the element it stands in. */
  function page() {
    const settings = JSON.stringify({ fragment: Page.settings.encoded() }).replaceAll("<", "\\u003c");
    return Page.main.source.replace(/(<script id="settings" type="application\/json">)[^<]*/, (_, start) => start + settings);
  }

  function address() {
    return `${location.href.split("#")[0]}#${Page.settings.encoded()}`;
  }

  const fileOf = (line) => `what_if_${line}`; // each future has a file of its own
  const ofFile = (line) => `python -m sim --config-dir my_files +experiment=${fileOf(line)}`;

  /** The command of a future: by its file, where that alone holds its policies. */
  function command(line) {
    const question = asked(line);
    return question.policies.every(Page.settings.isShipped) ? Page.main.engine.command(question) : ofFile(line);
  }

  /** A future as the file of an experiment. YAML holds JSON; an exponent wants a point before it. */
  function experiment(line) {
    const { settings, policies, seed, replicates } = asked(line);
    const text = (value) => JSON.stringify(value).replace(/([:[,]-?\d+)(e)/g, "$1.0$2");
    const tree = {};
    for (const [path, value] of Object.entries(settings)) {
      const parts = path.split(".");
      const leaf = parts.pop();
      parts.reduce((node, name) => (node[name] ??= {}), tree)[leaf] = value;
    }
    const kinds = [["policy", "policies"], ["shock", "shocks"]].flatMap(([kind, held]) => {
      const of = policies.filter((policy) => policy.kind === kind);
      const own = of.filter((policy) => !Page.settings.isShipped(policy));
      return [`${kind}: ${of.map((policy) => policy.name).join("+") || "none"}`,
        ...(own.length ? [`${held}: ${text(Object.fromEntries(own.map(({ name, levers }) => [name, { levers }])))}`] : [])];
    });
    return ["# @package _global_", `# Save as my_files/experiment/${fileOf(line)}.yaml, then:`, `# ${ofFile(line)}`,
      `title: ${text(`What if: ${Page.main.TOLD[line].toLowerCase()}`)}`, "study: simulate", `seed: ${seed}`, `replicates: ${replicates}`,
      ...kinds, ...Object.entries(tree).map(([name, value]) => `${name}: ${text(value)}`), ""].join("\n");
  }

  function commands() {
    const { TOLD } = Page.main;
    return Page.settings.lines().flatMap((line) => [
      el("h3", {}, TOLD[line]), copied(`Command: ${TOLD[line]}`, command(line)),
      el("p", { class: "row" }, el("button", { type: "button", onclick: () => save(`${fileOf(line)}.yaml`, "text/yaml", experiment(line)) }, "Save as YAML")),
    ]);
  }

  function open() {
    const box = byId("share-box");
    const button = (label, act) => el("button", { type: "button", onclick: act }, label);
    show(box,
      el("div", { class: "share-head" }, el("h2", { id: "share-title" }, "Share what you see"), button("Close", () => box.close())),
      el("h3", {}, "The address holds every setting"), copied("Address", address()),
      location.protocol === "file:" ? el("p", { class: "note" }, "This page is a file on your computer, which others can not open: send them a copy of it.") : null,
      el("p", { class: "row" },
        button("Save a copy of this page", () => save("what-if.html", "text/html", page())),
        button("Save the outcomes (CSV)", () => save("outcomes.csv", "text/csv", outcomesTable())),
        button("Save the months (CSV)", () => save("months.csv", "text/csv", monthsTable())),
        button("Print", () => { box.close(); print(); })),
      el("h2", {}, "The same numbers from the program"),
      el("p", { class: "note" }, "Each future is one command. The YAML holds everything, as the file of an experiment; its first lines say where it belongs. Where you have changed a policy, the command reads that file."),
      Page.settings.state.worlds ? el("p", { class: "note" }, "For the worlds that agree with published studies add to a command: ", el("code", {}, `uncertainty=posterior worlds=${Page.main.worlds()}`)) : null,
      ...commands());
    box.showModal();
  }

  Page.share = { open, page, address, asked, experiment, outcomesTable, monthsTable };
})();
