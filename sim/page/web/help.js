// What would help most here? Each policy, and each gap closed, alone in the present place.

(() => {
  "use strict";
  const { tables } = Page;
  const { el, show, byId, moreOf100, money } = Page.basics;
  const { headline: USE, goal: GOAL } = tables;

  const RUNS = tables.tried.runs; // of each, under the luck of the first runs of the place
  let engine = null;
  let place = ""; // the question that everything is compared with, as text
  let found = []; // {option, change, runs: how much more in each, cost}

  function start(started) {
    engine = started;
    byId("help-ask").addEventListener("click", ask);
    Page.settings.onChange(() => {
      if (place && place !== JSON.stringify(question())) forget();
    });
  }

  /** The place as it is, under the assumptions that hold. */
  const question = () => ({ ...Page.settings.question("assumed"), replicates: RUNS, priority: 3, last: true });

  function forget() {
    options().forEach((_, n) => engine.drop(`help ${n}`));
    engine.drop("help");
    [place, found] = ["", []];
    show(byId("help-rows"));
    byId("help-ask").hidden = false;
  }

  /** What can be tried alone: {title, what it asks, how it is set}. */
  function options() {
    const now = Page.settings.question("assumed");
    const policies = Object.entries(tables.shipped.policy).filter(([name]) => !now.policies.some((p) => p.name === name)).map(([name, { title }]) => ({
      title,
      asks: { policies: [...now.policies, Page.settings.shipped("policy", name)] },
      set: () => Page.timeline.add("policy", name),
    }));
    const gaps = tables.factors.filter((f) => Page.settings.value(f.path, "assumed") < f.high).map((f) => ({
      title: `${f.title}: gap closed`,
      asks: { settings: { ...now.settings, [f.path]: f.high } },
      set: () => Page.settings.set(f.path, f.high),
    }));
    return [...policies, ...gaps];
  }

  function ask() {
    place = JSON.stringify(question());
    found = [];
    byId("help-ask").hidden = true;
    const all = options();
    const here = place;
    const current = (reply) => here === place && !reply.error && reply.done === reply.of;
    draw(all.length);
    engine.ask({ ...question(), channel: "help" }, (before) => {
      if (here === place && before.error) {
        forget();
        Page.main.notice([before.error]);
      }
      if (!current(before)) return;
      all.forEach((option, n) => engine.ask({ ...question(), ...option.asks, channel: `help ${n}` }, (after) => {
        if (here === place && after.error) all.splice(all.indexOf(option), 1);
        if (!current(after)) return;
        const compared = engine.compare(before, after);
        const counts = seen(before) ? USE : GOAL;
        const { change } = compared[counts];
        const runs = after.runs[counts].map((x, run) => x - before.runs[counts][run]);
        const cost = after.summary.policy_cost.estimate - before.summary.policy_cost.estimate;
        found.push({ option, change, runs, cost });
        draw(all.length, seen(before));
      }));
    });
  }

  /** Whether use five years after the start is seen; else what counts is the end. */
  const seen = (before) => Number.isFinite(before.summary[USE].estimate);

  function draw(all, early = true) {
    const done = found.length === all; // before, nobody knows of how many looks each is one
    const sure = done ? engine.beyondChance(found.map(({ runs }) => runs)) : [];
    const clear = found.filter(({ change }, n) => sure[n] && change.estimate > 0).sort((a, b) => b.change.estimate - a.change.estimate);
    const against = found.filter(({ change }, n) => sure[n] && !(change.estimate > 0));
    const rest = found.filter((_, n) => done && !sure[n]);
    const names = (rows) => rows.map(({ option }) => option.title).join("; ");
    show(byId("help-rows"),
      done && !clear.length ? el("p", { class: "change" }, "Nothing alone helps clearly here.") : null,
      el("ol", { class: "help" }, ...clear.map(({ option, change, cost }) => el("li", {},
        el("b", {}, option.title), el("span", {}, moreOf100(change)), el("span", { class: "note" }, cost > 0 ? money(cost) : ""),
        el("button", { type: "button", class: "quiet", "aria-label": `try it: ${option.title}`, onclick: option.set }, "try it")))),
      rest.length ? el("p", { class: "note" }, `No clear difference: ${names(rest)}.`) : null,
      against.length ? el("p", { class: "note" }, `Fewer use it with: ${names(against)}.`) : null,
      el("p", { class: "note", role: "status" }, done
        ? `Each alone, under the same luck, in ${RUNS} histories of this place; more of 100 who use it ${early ? "five years after its start" : "at the end"}, with the 95 % interval of the mean of each by itself. A difference is clear where chance would hardly make any of all ${all} look so (Holm 1979). Strengths and costs of policies are assumptions.`
        : `${found.length} of ${all} tried …`));
  }

  Page.help = { start };
})();
