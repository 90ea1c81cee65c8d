// Policies and shocks on the months of the chart above: added, dragged, made stronger, priced.

(() => {
  "use strict";
  const { tables } = Page;
  const { el, show, byId, valueTold, plain, capital, money } = Page.basics;
  const LAST = tables.last_month; // it stands for "to the end"

  let engine = null;
  let opened = null; // the lane whose editor is shown: "kind name lever number"

  function start(started) {
    engine = started;
    Page.settings.onChange(draw);
    for (const kind of ["policy", "shock"]) {
      const pick = byId(`add-${kind}`);
      pick.addEventListener("change", () => {
        if (pick.value) add(kind, pick.value);
        pick.value = "";
      });
    }
    const both = byId("both");
    both.addEventListener("change", () => Page.settings.change((s) => { s.both = both.checked; }));
  }

  const titleOf = (policy) => tables.shipped[policy.kind][policy.name]?.title ?? policy.name.replaceAll("_", " ");

  function strengthTold(lever) {
    const { unit } = tables.levers[lever.lever];
    // shares of people, organisations or effort, but for a level and the change of attention
    return valueTold({ unit, of: unit === "per month" ? "them" : "" }, lever.strength);
  }

  const exact = (x) => Number(x.toPrecision(15)); // without what arithmetic adds to its last digit
  const percent = (share) => exact(100 * share);

  function whereTold(where) {
    if (!where || where === "all") return "everywhere";
    const parts = [];
    if (where.share !== undefined && where.share < 1) parts.push(`${percent(where.share)} % of organisations`);
    if (where.members) parts.push("members of the network");
    if (where.organisations?.length) parts.push(`organisations ${where.organisations.join(", ")}`);
    return parts.join(", ") || "everywhere";
  }

  const from = (lever) => lever.from ?? 1;
  const to = (lever) => lever.to ?? LAST;

  /** Change one lever of the policies in force. */
  function edit(policy, n, mutate, whole = true) {
    Page.settings.change((s) => {
      s.policies = JSON.parse(JSON.stringify(Page.settings.policies()));
      const own = s.policies.find((p) => p.kind === policy.kind && p.name === policy.name);
      mutate(own.levers[n]);
    }, whole);
  }

  /** Add what is not there already. */
  function add(kind, name) {
    if (Page.settings.policies().some((policy) => policy.kind === kind && policy.name === name)) return;
    Page.settings.change((s) => {
      s.policies = [...Page.settings.policies(), Page.settings.shipped(kind, name)];
    });
  }

  function remove(policy) {
    Page.settings.change((s) => {
      s.policies = Page.settings.policies().filter((p) => p.kind !== policy.kind || p.name !== policy.name);
    });
  }

  function draw() {
    const node = byId("timeline");
    const policies = Page.settings.policies();
    const months = Page.settings.value("horizon");
    for (const kind of ["policy", "shock"]) {
      const there = policies.filter((p) => p.kind === kind).map((p) => p.name);
      const others = Object.entries(tables.shipped[kind]).filter(([name]) => !there.includes(name));
      show(byId(`add-${kind}`), el("option", { value: "" }, kind === "shock" ? "Add a shock …" : "Add a policy …"),
        ...others.map(([name, { title }]) => el("option", { value: name }, title)));
    }
    byId("both-tick").hidden = !policies.some((p) => p.kind === "shock");
    byId("both").checked = Page.settings.state.both;
    const focused = document.activeElement?.dataset?.focus;
    show(node, ...policies.map((policy) => group(policy, months)));
    if (focused) node.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
    price(policies);
  }

  function price(policies) {
    const paid = policies.filter((p) => p.kind === "policy");
    const most = () => money(engine.price(paid, Page.settings.question("changed").settings));
    show(byId("price"), paid.length ? `At most ${most()} until the end, if no tool is withdrawn.` : "");
  }

  function group(policy, months) {
    const title = titleOf(policy);
    const own = Page.settings.isShipped(policy) ? "" : " (changed)";
    return el("section", { class: `policy ${policy.kind}`, "aria-label": title },
      el("div", { class: "head" }, el("b", {}, title + own),
        el("button", { type: "button", class: "quiet", "aria-label": `Remove ${title}`, onclick: () => remove(policy) }, "remove")),
      ...policy.levers.map((lever, n) => lane(policy, lever, n, months)));
  }

  function lane(policy, lever, n, months) {
    const box = Page.charts.frame(byId("timeline").clientWidth || 640, 0);
    const id = `${policy.kind} ${policy.name} ${n}`;
    const name = tables.levers[lever.lever].title;
    const [first, last] = [Math.min(from(lever), months), Math.min(to(lever), months)];
    const left = Page.charts.xOf(box, months, first - 1);
    const wide = Math.max(10, Page.charts.xOf(box, months, last) - left);
    // so far from where it was when the drag began
    const dragged = (end) => (by, whole) =>
      edit(policy, n, (own) => move(Object.assign(own, { from: lever.from, to: lever.to }), end, by, months), whole);
    const grip = (end) => {
      const month = end === "from" ? from(lever) : Math.min(to(lever), months);
      const told = `${name} ${end === "from" ? "begins in" : "ends with"} month`;
      return el("span", {
        class: `grip ${end}`, role: "slider", tabindex: 0, "aria-label": told, "aria-valuemin": 1, "aria-valuemax": months,
        "aria-valuenow": month, "data-focus": `${id} ${end}`, title: `${told} ${month}`,
        onkeydown: (event) => {
          const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -12, PageUp: 12 }[event.key];
          if (!by) return;
          event.preventDefault();
          event.stopPropagation();
          edit(policy, n, (own) => move(own, end, by, months));
        },
        onpointerdown: (event) => drag(event, box, months, dragged(end)),
      });
    };
    const bar = el("div", { class: "bar", style: `left:${(100 * left) / box.width}%;width:${(100 * wide) / box.width}%`, onpointerdown: (event) => {
      if (event.target !== bar && !event.target.classList.contains("told")) return;
      drag(event, box, months, dragged("both"));
    } }, grip("from"), grip("to"));
    const open = el("button", { type: "button", class: "quiet told", "aria-expanded": String(opened === id), "data-focus": `${id} open`, onclick: () => {
      opened = opened === id ? null : id;
      draw();
    } }, el("b", {}, name), ` ${strengthTold(lever)}, ${spanTold(lever, months)}${whereTold(lever.where) === "everywhere" ? "" : `, ${whereTold(lever.where)}`}`, el("i", {}, " change"));
    return el("div", { class: "lane" }, open, el("div", { class: "rail" }, bar), opened === id ? editor(policy, lever, n, months) : null);
  }

  function spanTold(lever, months) {
    if (from(lever) > months) return `from month ${from(lever)}, after the end`;
    if (from(lever) === 1 && to(lever) >= months) return "all the time";
    if (to(lever) >= months) return `from month ${from(lever)} on`;
    return from(lever) === to(lever) ? `in month ${from(lever)}` : `months ${from(lever)} to ${to(lever)}`;
  }

  /** Move an end of a lever, or both, by so many months; ends never cross. */
  function move(lever, end, by, months) {
    if (from(lever) > months) return; // all of it lies after the end
    const last = Math.min(to(lever), months);
    const open = to(lever) >= months;
    const within = (x, low, high) => Math.min(high, Math.max(low, x));
    const keep = { from: from(lever), to: last };
    if (end === "both") {
      const shift = within(by, 1 - keep.from, months - (open ? keep.from : keep.to));
      keep.from += shift;
      if (!open) keep.to += shift;
    } else keep[end] = end === "from" ? within(keep.from + by, 1, keep.to) : within(keep.to + by, keep.from, months);
    if (keep.from === 1) delete lever.from;
    else lever.from = keep.from;
    if (end !== "from" && keep.to < months) lever.to = keep.to;
    else if (keep.to >= months) delete lever.to;
  }

  function drag(event, box, months, moved) {
    event.preventDefault();
    const start = event.clientX;
    let by = 0;
    const step = (e) => {
      const next = Math.round(((e.clientX - start) / box.inner) * months);
      if (next !== by) moved(by = next, false);
    };
    const end = (e) => {
      window.removeEventListener("pointermove", step);
      window.removeEventListener("pointerup", end);
      window.removeEventListener("pointercancel", end);
      step(e);
      if (by) moved(by, true);
    };
    window.addEventListener("pointermove", step);
    window.addEventListener("pointerup", end);
    window.addEventListener("pointercancel", end);
  }

  function editor(policy, lever, n, months) {
    const row = tables.levers[lever.lever];
    const field = (key, label, value, low, high, apply, by = 1) => el("label", { class: "field" }, el("span", {}, label),
      el("input", { type: "number", min: low, max: high, step: by, value, "data-focus": `${policy.name} ${n} ${key}`, onchange: (event) => {
        const given = Number(event.target.value);
        if (event.target.value === "" || given < low || given > high || (by === 1 && given % 1 !== 0)) {
          Page.main.notice([`${label}: allowed is a ${by === 1 ? "whole " : ""}number from ${low} to ${high}`]);
          draw();
        } else {
          Page.main.notice([]);
          edit(policy, n, (own) => apply(own, given));
        }
      } }));
    const strength = el("input", { type: "range", min: 0, max: row.high, step: row.high / 100, value: lever.strength, "aria-label": `Strength of ${row.title}`,
      "data-focus": `${policy.name} ${n} strength`, onchange: (event) => edit(policy, n, (own) => { own.strength = Number(Number(event.target.value).toPrecision(10)); }) });
    const share = lever.where?.share ?? 1;
    const of = lever.groups ?? [];
    const groups = !row.by_group ? null : el("label", { class: "field" }, el("span", {}, "of whom"), el("select", { "data-focus": `${policy.name} ${n} groups`,
      onchange: (event) => edit(policy, n, (own) => {
        if (event.target.value) own.groups = event.target.value.split(" ");
        else delete own.groups;
      }) }, el("option", { value: "" }, "all professionals"),
    ...[...tables.groups.map((g) => [g.name]), ...(of.length > 1 ? [of] : [])].map((names) =>
      el("option", { value: names.join(" "), selected: names.join() === of.join() }, names.map((name) => tables.groups.find((g) => g.name === name).title).join(" and ")))));
    return el("div", { class: "editor" },
      el("p", { class: "note" }, `${plain(capital(row.meaning))}. Source: ${row.source}.`),
      el("label", { class: "field wide" }, el("span", {}, `How strong: ${strengthTold(lever)}`), strength),
      el("div", { class: "fields" },
        field("from", "from month", from(lever), 1, Math.min(to(lever), months), (own, x) => { own.from = x; }),
        field("to", "to month", Math.min(to(lever), months), from(lever), months, (own, x) => { if (x >= months) delete own.to; else own.to = x; }),
        field("share", "% of organisations", percent(share), 0, 100, (own, x) => {
          const where = { ...(typeof own.where === "object" ? own.where : {}) };
          if (x === 100) delete where.share;
          else where.share = exact(x / 100);
          if (Object.keys(where).length) own.where = where;
          else delete own.where;
        }, "any"),
        groups, policy.kind === "policy" ? field("cost", `${tables.currency} a month, each organisation`, lever.cost ?? 0, 0, 1e12, (own, x) => { own.cost = x; }, "any") : null),
    );
  }

  Page.timeline = { start, draw, add };
})();
