// The page itself: asks the engine for each line, and shows what it replies.

(async () => {
  "use strict";
  const { el, show, byId, of100, span, moreOf100, timeTold, capital, money } = Page.basics;
  const { settings, tables } = Page;
  const source = `<!DOCTYPE html>\n${document.documentElement.outerHTML}`; // as it came, for copies

  const { headline: USE, goal: GOAL } = tables;
  const FEW = 16; // runs of the first answer, and of a place so large that more would take long
  const LARGE = 1500; // people
  const MIDWAY = 60; // months

  const TOLD = { now: "Now", assumed: "Now, other assumptions", changed: "With your changes" };
  const SHORT = { now: "now", assumed: "assumed", changed: "changed" };
  let engine = null;
  const replies = {}; // line -> the newest reply
  const worlds = {}; // line -> the newest reply over the worlds of the posterior
  const asked = {}; // channel -> its question as text
  const refused = new Set(); // channels whose question has no answer, which is told
  const runs = {}; // channel -> runs of that question that are known; until then the last answer is shown

  /** Tell what went wrong, where everybody sees it, until it is closed or put right. */
  function notice(messages) {
    const node = byId("notice");
    node.hidden = messages.length === 0;
    show(node, el("div", {}, ...messages.slice(0, 6).map((message) => el("p", {}, message)),
      messages.length > 6 ? el("p", {}, `and ${messages.length - 6} more`) : null),
    el("button", { type: "button", class: "quiet", onclick: () => { node.hidden = true; } }, "close"));
  }

  /** Runs of a line: as many as the command line makes, unless the place is large. */
  function replicates() {
    const people = settings.value("population.organisations") * settings.value("population.organisation_size");
    return people > LARGE ? FEW : tables.replicates;
  }

  /** A question that had no answer has one, or is not asked any more. */
  function answered(channel) {
    if (refused.delete(channel) && !refused.size) notice([]);
  }

  /** Nobody waits for an answer on a channel any more, and what was kept of it goes. */
  function forget(channel, line, kept) {
    engine.drop(channel);
    answered(channel);
    delete kept[line];
    delete asked[channel];
  }

  const manyWorlds = () => Math.min(tables.posterior.rows.length, replicates());
  const whole = (lines) => lines.every((line) => runs[line] >= replicates());

  function ask() {
    const lines = settings.lines();
    for (const line of Object.keys(TOLD).filter((name) => !lines.includes(name))) {
      forget(line, line, replies);
      forget(`${line} worlds`, line, worlds);
    }
    for (const line of lines) {
      const anew = put(line, settings.question(line), [...new Set([FEW, replicates()])], (reply) => {
        replies[line] = reply;
        askWorlds();
      });
      if (anew) forgetWorlds([line]);
    }
    if (!whole(lines)) document.documentElement.dataset.done = "no";
    if (settings.state.worlds) askWorlds();
    else forgetWorlds();
    draw();
  }

  /** What was found of lines over the worlds is of another question, or not wanted any more. */
  function forgetWorlds(lines = Object.keys(TOLD)) {
    for (const line of lines) forget(`${line} worlds`, line, worlds);
  }

  /** The fan: when the first answer is whole, the same lines in worlds that agree with evidence. */
  function askWorlds() {
    const lines = settings.lines();
    if (!settings.state.worlds || !whole(lines)) return;
    for (const line of lines) {
      put(`${line} worlds`, { ...settings.question(line), worlds: manyWorlds() }, [manyWorlds()], (reply) => { worlds[line] = reply; }, 2);
    }
  }

  /** Ask for few runs, then for more, unless that is asked already; what is known of a question is never shown with fewer again. */
  function put(channel, question, sizes, heard, priority = 0) {
    const text = JSON.stringify([question, sizes]);
    if (asked[channel] === text) return false;
    asked[channel] = text;
    runs[channel] = 0;
    const ask = (n) => engine.ask({ ...question, channel, replicates: sizes[n], priority: priority + n }, (reply) => {
      if (asked[channel] !== text) return;
      if (reply.error) {
        notice([reply.error]);
        refused.add(channel);
        return;
      }
      answered(channel);
      const more = reply.done >= runs[channel];
      runs[channel] = Math.max(runs[channel], reply.done);
      if (more) heard(reply);
      if (reply.done === reply.of && n + 1 < sizes.length) ask(n + 1);
      draw();
    });
    ask(0);
    return true;
  }

  // --- what is shown -----------------------------------------------------------------------

  let drawing = false;
  function draw() {
    if (drawing) return;
    drawing = true;
    requestAnimationFrame(() => {
      drawing = false;
      const horizon = settings.value("horizon");
      const lines = settings.lines().filter((line) => replies[line]?.months.at(-1) === horizon);
      if (!lines.length) return;
      headline(lines);
      useOverTime(lines);
      where(lines);
      letters(lines);
      document.documentElement.dataset.done = whole(settings.lines()) ? "yes" : "no";
      if (whole(settings.lines())) byId("spoken").textContent = `${lines.map((line) => `${TOLD[line]}: ${used(replies[line]).number}`).join("; ")} of 100.`;
      byId("headline").classList.toggle("waiting", settings.lines().some((line) => !runs[line]));
    });
  }

  function used(reply, name = USE) {
    const found = reply.summary[name];
    const split = reply.split[name];
    if (split) {
      const few = split.low < 0.005 ? "hardly any" : of100(split.low);
      return { number: `${few} or ${of100(split.high)}`, within: `the lower in ${of100(split.lower.estimate)} of 100 histories` };
    }
    return { number: of100(found.estimate), within: span(found) };
  }

  function headline(lines) {
    const horizon = replies[lines[0]].months.at(-1);
    const seen = Number.isFinite(replies[lines[0]].summary[USE].estimate);
    const lead = !seen && horizon < MIDWAY
      ? `After ${timeTold(horizon)} nobody knows who will use it after five years.`
      : !seen ? "No organisation begins so early that it is seen five years later."
        : "Five years after it starts, of 100 professionals there use it:";
    const big = !seen ? [] : lines.map((line) => {
      const { number, within } = used(replies[line]);
      return el("div", { class: `answer ${line}` }, el("span", { class: "who" }, TOLD[line]),
        el("strong", { class: number.length > 4 ? "long" : "" }, number), el("span", { class: "within" }, within || "one history so far"));
    });
    const changed = lines.includes("changed") ? difference(lines) : [el("p", { class: "hint" }, "What would change that? Move a slider, or add a policy.")];
    const split = lines.some((line) => replies[line].split[USE] || replies[line].split[GOAL]);
    const splitting = split ? el("p", {}, "Histories split: pictures show means, and hardly any history is near them.") : null;
    show(byId("headline"), el("p", { class: "lead" }, lead), el("div", { class: "answers" }, ...big),
      el("div", { class: "said" }, ...changed, el("p", {}, inTheEnd(replies[lines.at(-1)], lines.at(-1), horizon)), splitting, over(lines)));
  }

  /** The difference of two replies: five years after the start or, where it comes later, at the end. */
  function changeBetween(before, after) {
    const found = engine.compare(before, after);
    const early = found[USE].change.estimate;
    const late = !Number.isFinite(early) || (early === 0 && found[GOAL].change.estimate !== 0);
    return { ...found[late ? GOAL : USE], late };
  }

  /** How much the changes bring, run by run under the same luck. */
  function difference(lines) {
    const before = lines.includes("assumed") ? "assumed" : "now";
    if (!replies[before]) return [];
    const { change, late } = changeBetween(replies[before], replies.changed);
    const clear = change.low > 0 || change.high < 0;
    const when = late ? "at the end " : "";
    const told = change.estimate === 0 && !clear ? "Your changes change nothing here."
      : clear ? `Your changes make ${moreOf100(change)} use it${late ? " at the end" : ""}, under the same luck.`
        : `No clear difference: ${when}${moreOf100(change)}, which chance alone could make.`;
    const cost = replies.changed.summary.policy_cost?.estimate;
    const paid = cost > 0 ? ` They cost ${money(cost)} on average.` : "";
    return [el("p", { class: "change" }, told + paid)];
  }

  function inTheEnd(reply, line, horizon) {
    const { number, within } = used(reply, GOAL);
    const whose = line === "now" ? "" : `${TOLD[line]}: `;
    const { estimate, runs: histories } = reply.sustained;
    const threshold = settings.value("outcome.sustained_threshold", line);
    const half = threshold === 0.5 ? "half" : `${of100(threshold)} of 100`;
    const last = `mean of the last ${timeTold(Math.min(settings.value("outcome.sustained_months", line), horizon))}`;
    const text = `${timeTold(horizon)} from now, ${number} of 100 of all use it (${[within, last].filter(Boolean).join("; ")}); in ${Math.round(estimate * histories)} of ${histories} histories at least ${half} do.`;
    return whose ? whose + text : capital(text);
  }

  /** The same over all worlds that agree with the published patterns. */
  function over(lines) {
    const last = lines.at(-1);
    if (!settings.state.worlds) return null;
    if (!worlds[last] || worlds[last].done !== worlds[last].of) return el("p", {}, "In worlds that agree with published studies: …");
    const found = worlds[last].summary[USE];
    if (!Number.isFinite(found.estimate)) return null;
    const before = lines.includes("assumed") ? "assumed" : "now";
    let text = `In ${worlds[last].done} worlds that agree with published studies: ${of100(found.estimate)} of 100 (${span(found)})`;
    if (last === "changed" && worlds[before]?.done === worlds[last].done) {
      const { change, late } = changeBetween(worlds[before], worlds.changed);
      const [a, b] = [worlds[before], worlds.changed].map(({ runs: found }) => found[late ? GOAL : USE]);
      const count = (holds) => a.filter((_, n) => holds(a[n], b[n])).length; // worlds alike in both are neither
      text += `; ${late ? "at the end " : ""}${moreOf100(change)} with your changes: more in ${count((x, y) => y > x)} worlds, fewer in ${count((x, y) => y < x)}`;
    }
    return el("p", {}, `${text}.`);
  }

  function useOverTime(lines) {
    const months = replies[lines[0]].months.at(-1);
    Page.charts.useChart(byId("use-chart"), lines.map((line) => ({
      name: TOLD[line], short: SHORT[line], tone: line, mean: replies[line].mean.adopters,
      low: replies[line].band.adopters.low, high: replies[line].band.adopters.high,
      fan: settings.state.worlds && worlds[line]?.months.at(-1) === months ? worlds[line].paths.adopters : [],
    })), months);
    const tick = el("input", { type: "checkbox", checked: settings.state.worlds, onchange: (event) =>
      settings.change((s) => { s.worlds = event.target.checked; }) });
    show(byId("use-key"), ...lines.map((line) => el("span", {}, el("i", { class: `swatch ${line}` }), TOLD[line])),
      el("span", { class: "note" }, `of 100 professionals; mean of ${replies[lines[0]].done} histories, band: 95 % interval of the mean`),
      el("label", { class: "tick" }, tick, " thin: worlds that agree with published studies"));
  }

  function where(lines) {
    const shown = lines.length > 1 ? [lines.at(-2), lines.at(-1)] : lines;
    const pair = byId("where-charts");
    if (pair.dataset.lines !== shown.join()) {
      pair.dataset.lines = shown.join();
      show(pair, ...shown.map((line) => el("div", {}, el("h3", {}, TOLD[line]), el("div", { class: "figure", id: `where-${line}` }))));
      show(byId("where-key"), ...tables.places.map((p) => el("span", {}, el("i", { class: "box", style: `background:${p.colour}` }), p.title)));
    }
    for (const line of shown) {
      const { mean, months } = replies[line];
      Page.charts.whereChart(byId(`where-${line}`), TOLD[line].toLowerCase(), tables.places, tables.places.map((p) => mean[p.name]), months.at(-1));
    }
  }

  function letters(lines) {
    Page.charts.letterRows(byId("letter-rows"), Object.entries(tables.words.letters).map(([name, meaning]) => ({
      title: tables.outcomes[name].title, meaning,
      marks: lines.map((line) => ({ tone: line, name: TOLD[line], found: replies[line].summary[name] })),
    })));
    show(byId("letters-note"), `Of 100. Whiskers: 95 % interval of the mean of ${replies[lines[0]].done} histories. NASSS: Greenhalgh et al. 2017.`);
  }

  // --- the start ---------------------------------------------------------------------------

  function fragment() {
    return location.hash.length > 1 ? location.hash.slice(1) : opening();
  }

  /** What the page begins with: the settings inside it, those of its lesson, or its own. */
  function opening() {
    try {
      const held = JSON.parse(byId("settings").textContent).fragment;
      return typeof held === "string" ? held : Page.lesson.opens();
    } catch {
      throw new Error("The settings inside this file can not be read: open another copy of the page.");
    }
  }

  function buttons() {
    byId("undo").addEventListener("click", settings.undo);
    byId("redo").addEventListener("click", settings.redo);
    byId("reset").addEventListener("click", () => settings.change((s) => Object.assign(s, settings.decoded(opening()).made)));
    byId("share").addEventListener("click", Page.share.open);
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || ["INPUT", "TEXTAREA"].includes(event.target.tagName) && event.target.type !== "range") return;
      event.preventDefault();
      if (event.shiftKey) settings.redo();
      else settings.undo();
    });
    settings.onChange((settled) => {
      byId("undo").disabled = !settings.undoable;
      byId("redo").disabled = !settings.redoable;
      // not while a slider moves: browsers allow only so many changes of the address
      if (settled) history.replaceState(null, "", `#${settings.encoded()}`);
      ask();
    });
    addEventListener("hashchange", () => {
      if (location.hash.slice(1) !== settings.encoded()) notice(settings.open(fragment()));
    });
    addEventListener("resize", () => {
      Page.timeline.draw();
      draw();
    });
  }

  Page.main = { notice, replies, get engine() { return engine; }, source, TOLD, replicates, worlds: manyWorlds };
  try {
    show(byId("left-out"), tables.words.left_out);
    show(byId("made"), `nasss-sim ${tables.version}, model ${tables.model}. ${tables.words.paper}.`);
    engine = await Engine.start({ tables });
    for (const part of [settings, Page.controls, Page.timeline]) part.start(engine);
    buttons();
    const problems = settings.open(fragment());
    for (const part of [Page.map, Page.help]) part.start(engine);
    notice([Page.lesson.start(), ...problems].filter(Boolean));
  } catch (error) {
    notice([error.message]);
    show(byId("headline"), el("p", { class: "lead" }, "This page can not compute here. "),
      el("p", {}, "The same answers come from the program: ", el("code", {}, "python -m sim"), "."));
  }
})();
