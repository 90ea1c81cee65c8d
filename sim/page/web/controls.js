// The left side: the place, the twelve factors, the rating, what the model assumes.

(() => {
  "use strict";
  const { tables } = Page;
  const { el, show, byId, valueTold, plain, capital } = Page.basics;

  let engine = null;
  let slid = 0; // sliders made
  const renew = []; // what each control does when the settings have changed

  function start(started) {
    engine = started;
    show(byId("place"), ...place());
    show(byId("factors"), ...factors());
    show(byId("rating"), ...rating());
    show(byId("assumptions"), ...assumptions());
    document.querySelector(".controls").addEventListener("submit", (event) => event.preventDefault());
    Page.settings.onChange(draw);
  }

  function draw() {
    for (const one of renew) one();
  }

  function step(parameter, low, high) {
    if (parameter.kind === "integer") return 1;
    const wide = 10 ** Math.floor(Math.log10((high - low) / 50));
    return [1, 2, 5, 10].map((n) => n * wide).find((s) => (high - low) / s <= 120) ?? wide;
  }

  /**
   * A slider with words at its ends and a mark at its base. `base` gives a value, `why` the sentences
   * behind its button.
   */
  function slider(path, { name, low, high, ends, base, why }) {
    const parameter = tables.parameters[path];
    const by = step(parameter, low, high);
    const tell = (value) => valueTold(parameter, value);
    slid += 1;
    const id = `slider-${slid}`; // a lesson shows some of them a second time
    const input = el("input", { type: "range", id, min: low, max: high, step: by, "aria-label": parameter.title, "data-path": path, "aria-describedby": `${id}-ends` });
    const output = el("output", { for: id });
    const mark = el("i", { class: "mark", title: "where it stands without your change" });
    const back = el("button", { type: "button", class: "quiet back", "aria-label": `Give ${name} its value back`, title: "as it was", onclick: () => {
      Page.settings.set(path, undefined);
      input.focus();
    } }, "↺");
    const given = () => {
      const x = Number(input.value);
      return parameter.kind === "integer" ? x : Number(x.toPrecision(10));
    };
    input.addEventListener("input", () => Page.settings.set(path, given(), false));
    input.addEventListener("change", () => Page.settings.set(path, given(), true));
    const more = el("p", { class: "why", hidden: true, id: `${id}-why` });
    const ask = el("button", { type: "button", class: "quiet ask", "aria-expanded": "false", "aria-controls": `${id}-why`, "aria-label": `Why ${name}?`, onclick: () => {
      more.hidden = !more.hidden;
      ask.setAttribute("aria-expanded", String(!more.hidden));
      if (!more.hidden) show(more, ...why());
    } }, "why?");
    const row = el("div", { class: "slider" },
      el("div", { class: "head" }, el("span", {}, el("label", { for: id }, name), " ", ask), el("span", { class: "given" }, output, back)),
      el("div", { class: "track" }, mark, input),
      el("div", { class: "ends", id: `${id}-ends` }, el("span", {}, ends[0]), el("span", {}, ends[1])), more);
    renew.push(() => {
      const value = Page.settings.value(path);
      const usual = base();
      input.min = Math.min(low, value, usual);
      input.max = Math.max(high, value, usual);
      input.value = value;
      const [from, to] = [Number(input.min), Number(input.max)];
      mark.style.left = `calc(9px + (100% - 18px) * ${(usual - from) / (to - from || 1)})`;
      const changed = value !== usual;
      row.classList.toggle("changed", changed);
      back.style.visibility = changed ? "visible" : "hidden";
      show(output, tell(value));
      input.setAttribute("aria-valuetext", `${tell(value)}${changed ? `; was ${tell(usual)}` : ""}`);
    });
    return row;
  }

  // --- the place ---------------------------------------------------------------------------

  function place() {
    const parameters = tables.parameters;
    const pick = el("select", { id: "scenario", onchange: () => Page.settings.change((s) => {
      s.scenario = pick.value;
      s.place = pick.value === "as_interviewed" ? { "deployment.at_start": 1 } : {};
      s.policies = null;
      s.ratings = {};
    }) }, ...Object.entries(tables.scenarios).sort(([a], [b]) => (b === "as_interviewed") - (a === "as_interviewed"))
      .map(([name, scenario]) => el("option", { value: name }, scenario.title || (name === "as_interviewed" ? "As the interviews describe it" : name.replaceAll("_", " ")))));
    const question = el("p", { class: "note" });
    const number = (path) => {
      const p = parameters[path];
      const input = el("input", { type: "number", id: `n-${path}`, min: p.low, max: p.high, step: 1, inputmode: "numeric" });
      input.addEventListener("change", () => {
        const value = Number(input.value);
        const [problem] = input.value === "" ? [{ message: `${p.title}: allowed is ${p.allowed}` }]
          : engine.check({ settings: { ...Page.settings.question("changed").settings, [path]: value }, policies: Page.settings.policies() });
        Page.main.notice(problem ? [problem.message] : []);
        if (problem) draw();
        else Page.settings.set(path, value);
      });
      renew.push(() => { input.value = Page.settings.value(path); });
      return el("label", { class: "field" }, el("span", {}, p.title), input);
    };
    const atOnce = el("input", { type: "checkbox", id: "at-once", onchange: () => Page.settings.set("deployment.at_start", atOnce.checked ? 1 : 0) });
    const luck = el("input", { type: "number", id: "luck", min: 0, step: 1, inputmode: "numeric", onchange: () => {
      const seed = Number(luck.value);
      const good = luck.value !== "" && Number.isSafeInteger(seed) && seed >= 0;
      Page.main.notice(good ? [] : [`Number of the luck: allowed is a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`]);
      if (good) Page.settings.change((s) => { s.seed = seed; });
      else draw();
    } });
    renew.push(() => {
      luck.value = Page.settings.state.seed;
      pick.value = Page.settings.state.scenario;
      atOnce.checked = Page.settings.value("deployment.at_start") === 1;
      show(question, tables.scenarios[pick.value].question ?? "");
    });
    return [
      el("label", { class: "field wide", for: "scenario" }, el("span", {}, "Where"), pick), question,
      el("div", { class: "fields" }, number("population.organisations"), number("population.organisation_size"), number("horizon"),
        el("label", { class: "field", title: "Another number is other luck, the same in all futures" }, el("span", {}, "Number of the luck"), luck)),
      el("label", { class: "tick" }, atOnce, " Every organisation has the tool from the start"),
    ];
  }

  // --- the factors -------------------------------------------------------------------------

  /** Where the page stands beside the documentation, a link into it; else the name of the file. */
  function inTheDocs(section) {
    const file = tables.words.links.parameters;
    const places = { "/files/sim/page/page.html": "../../../parameters.html", "/sim/page/page.html": `../../${file}` };
    const [, address] = Object.entries(places).find(([end]) => location.pathname.endsWith(end)) ?? [];
    return address ? el("a", { href: `${address}#${section}` }, file) : el("code", {}, file);
  }

  function whyFactor(factor) {
    const words = tables.words.why[factor.name];
    const parameter = tables.parameters[factor.path];
    return () => [
      el("span", {}, `In the interviews: ${factor.in_the_paper}. ${words.does} `),
      el("span", { class: "source" }, `How strongly is an ${parameter.source}. `),
      "More: ", inTheDocs("the-twelve-factors"), `, ${factor.path}`,
    ];
  }

  function factorSlider(factor, name) {
    const words = tables.words.why[factor.name];
    return slider(factor.path, {
      name, low: 0, high: words.most, ends: [words.low, words.high], why: whyFactor(factor),
      base: () => Page.settings.value(factor.path, "assumed"),
    });
  }

  function factors() {
    const name = (factor) => (factor.kind === "quality" ? capital(factor.noun) : factor.title);
    const of = (kind) => tables.factors.filter((factor) => factor.kind === kind).map((factor) => factorSlider(factor, name(factor)));
    return [
      el("h3", {}, "How people work together"), ...of("process"),
      el("h3", {}, "What AI experts attend to"), ...of("quality"),
    ];
  }

  // --- the rating --------------------------------------------------------------------------

  function rating() {
    const chosen = (name) => Page.settings.state.ratings[name] ?? "";
    const questions = tables.nasss.questions.filter((q) => q.mapped);
    const row = (q) => {
      const choices = tables.nasss.ratings.map((level) => {
        const input = el("input", { type: "radio", name: `rate-${q.name}`, value: level, onchange: () =>
          Page.settings.change((s) => { s.ratings = { ...s.ratings, [q.name]: level }; }) });
        renew.push(() => { input.checked = chosen(q.name) === level; });
        return el("label", {}, input, el("b", {}, level), el("span", {}, q[level] ?? "in between"));
      });
      return el("fieldset", { class: "question" }, el("legend", {}, q.asks), ...choices);
    };
    const count = el("p", { class: "note" });
    renew.push(() => {
      const n = Object.keys(Page.settings.state.ratings).length;
      show(count, n ? `${n} of ${questions.length} rated. What is not rated stays as the place has it. ` : "Rate what you know of your project; each answer moves numbers of the place. What they move, and how far, is an assumption. ",
        n ? el("button", { type: "button", class: "quiet", onclick: () => Page.settings.change((s) => { s.ratings = {}; }) }, "Forget the rating") : null);
    });
    const domains = [...new Set(questions.map((q) => q.domain))];
    return [count, ...domains.map((domain) => el("details", { class: "inner" }, el("summary", {}, tables.nasss.domains[domain]),
      ...questions.filter((q) => q.domain === domain).map(row)))];
  }

  // --- what the model assumes --------------------------------------------------------------

  const LEFT_OUT = ["policy", "shock", "cost", "outcome", "network", "alignment", "process", "horizon"];
  const GROUPS = {
    population: "People and organisations", deployment: "How the tool is introduced", development: "Work on the tool",
    incident: "Incidents", influence: "Colleagues", cooperation: "Meetings with AI experts", training: "Training",
    trust: "Trust", appraisal: "What the tool is worth", decision: "Deciding to use it", turnover: "Staff who leave",
    review: "Keeping or withdrawing the tool",
  };

  /** One assumption as a slider over what is plausible. */
  function assumption(path) {
    const p = tables.parameters[path];
    const [low, high] = p.plausible;
    return slider(path, {
      name: p.title, low: low < high ? low : p.low, high: low < high ? high : p.high,
      ends: low < high ? ["lowest plausible", "highest plausible"] : ["", ""],
      base: () => Page.settings.value(path, "now"),
      why: () => [el("span", {}, `It is: ${plain(p.meaning)}. `), el("span", { class: "source" }, `Source: ${p.source}. `), "More: ", inTheDocs(path.split(".")[0]), `, ${path}`],
    });
  }

  function assumptions() {
    // what sums to 1 can not be moved alone
    const tied = tables.limits.sums.flatMap(({ paths, less }) => (less ? [] : paths));
    const paths = Object.entries(tables.parameters).filter(([path, p]) => ["float", "integer"].includes(p.kind)
      && !LEFT_OUT.includes(path.split(".")[0]) && ![...tables.words.of_the_place, ...tied].includes(path)).map(([path]) => path);
    const note = el("p", { class: "note" }, "These are no policies: nobody can choose them. Where one is moved, a dashed line shows the same place under it, so that the two are never confused.");
    const groups = [...new Set(paths.map((path) => path.split(".")[0]))];
    return [note, ...groups.map((group) => {
      const made = el("details", { class: "inner" }, el("summary", {}, GROUPS[group] ?? group));
      // Made when they are first looked at: there are more than a hundred
      made.addEventListener("toggle", () => {
        if (!made.open || made.childElementCount > 1) return;
        made.append(...paths.filter((path) => path.startsWith(`${group}.`)).map(assumption));
        draw();
      });
      return made;
    })];
  }

  /** The slider of a parameter, factor or assumption, with its whole title. */
  function named(path) {
    const factor = tables.factors.find((one) => one.path === path);
    return factor ? factorSlider(factor, factor.title) : assumption(path);
  }

  Page.controls = { start, draw, named };
})();
