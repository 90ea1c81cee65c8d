// What the page is set to: three lines under the same luck, the address that holds them, undo.

(() => {
  "use strict";
  const { tables } = Page;
  const { nearest } = Page.basics;

  const OPENING = "deployment.at_start=1"; // what an address without a word in it means
  const EMPTY = "scenario=as_interviewed"; // a word for what is all as the program has it
  // Of the place is what the reader describes, and any other parameter whose key begins so: they change
  // no third line
  const NOW = "now.";
  const NONE = "none";
  const KINDS = Object.keys(tables.shipped);
  const SWITCHES = { both: { yes: true, no: false }, worlds: { 0: false, 1: true } };
  const MOST_UNDO = 200;
  const LONGEST = 80; // letters of an address that are told
  const NAME = /^[a-z0-9_]+$/;

  const factors = Object.fromEntries(tables.factors.map((factor) => [factor.path, factor]));
  let engine = null;
  let state = null;
  let past = [];
  let future = [];
  const heard = [];

  function start(started) {
    engine = started;
  }

  function empty() {
    return {
      scenario: "as_interviewed", ratings: {}, place: {}, assumed: {}, factors: {}, policies: null,
      both: false, seed: tables.seed, worlds: true,
    };
  }

  /** Which part of the state a parameter is changed in. */
  function part(path) {
    return Object.hasOwn(factors, path) ? "factors" : tables.words.of_the_place.includes(path) ? "place" : "assumed";
  }

  const copy = (value) => JSON.parse(JSON.stringify(value));

  function shipped(kind, name) {
    const known = tables.shipped[kind];
    return Object.hasOwn(known, name) ? { name, kind, levers: copy(known[name].levers) } : null;
  }

  function ofScenario() {
    return KINDS.flatMap((kind) => tables.scenarios[state.scenario].acting[kind].map((name) => shipped(kind, name)));
  }

  function policies() {
    return state.policies ?? ofScenario();
  }

  /** What the chosen scenario and rating set, before anything else. */
  function base() {
    const rated = Object.keys(state.ratings).length ? engine.rate(state.ratings) : {};
    return { ...tables.scenarios[state.scenario].settings, ...rated };
  }

  /** The value of a parameter in a line: now, assumed or changed. */
  function value(path, line = "changed") {
    const set = settingsOf(line);
    return Object.hasOwn(set, path) ? set[path] : tables.parameters[path].default;
  }

  function settingsOf(line) {
    const now = { ...base(), ...state.place };
    if (line === "now") return now;
    const assumed = { ...now, ...state.assumed };
    return line === "assumed" ? assumed : { ...assumed, ...state.factors };
  }

  /** The question that a line asks of the engine. */
  function question(line) {
    const both = state.both ? policies().filter((p) => p.kind === "shock") : [];
    const acting = line === "changed" ? policies() : [...ofScenario().filter((p) => p.kind === "policy" || !state.both), ...both];
    return { settings: settingsOf(line), policies: acting, seed: state.seed };
  }

  function lines() {
    const [a, b] = ["assumed", "changed"].map((line) => JSON.stringify(question(line).policies));
    const found = ["now"];
    if (Object.keys(state.assumed).length) found.push("assumed");
    if (a !== b || Object.keys(state.factors).length) found.push("changed");
    return found;
  }

  // --- the address -------------------------------------------------------------------------

  function isShipped(policy) {
    const known = shipped(policy.kind, policy.name);
    return known !== null && JSON.stringify(known.levers) === JSON.stringify(policy.levers);
  }

  function encoded(of = state) {
    const words = new URLSearchParams();
    if (of.scenario !== "as_interviewed") words.set("scenario", of.scenario);
    for (const [name, rating] of Object.entries(of.ratings)) words.set(`rate.${name}`, rating);
    for (const name of ["place", "assumed", "factors"]) {
      for (const [path, given] of Object.entries(of[name])) {
        words.set(name === "place" && !tables.words.of_the_place.includes(path) ? NOW + path : path, String(given));
      }
    }
    if (of.policies !== null) {
      for (const kind of KINDS) {
        const names = of.policies.filter((p) => p.kind === kind && isShipped(p)).map((p) => p.name);
        if (names.length || kind === "policy") words.set(kind, names.join("+") || NONE);
      }
      const own = of.policies.filter((p) => !isShipped(p));
      if (own.length) words.set("own", JSON.stringify(own));
    }
    if (of.both) words.set("both", "yes");
    if (of.seed !== tables.seed) words.set("seed", String(of.seed));
    if (!of.worlds) words.set("worlds", "0");
    return words.toString() || EMPTY;
  }

  function number(text) {
    return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : null;
  }

  function decodePolicies(key, text, problems) {
    const found = [];
    for (const name of text.split(/[+, ]/).filter((n) => n && n !== NONE)) {
      const known = NAME.test(name) ? shipped(key, name) : null;
      const other = KINDS.find((kind) => kind !== key && Object.hasOwn(tables.shipped[kind], name));
      if (known) found.push(known);
      else if (other) problems.push(`${key}=${name} is a ${other}, not a ${key}: write ${other}=${name}`);
      else problems.push(unknown(`${key}=${name}`, name, Object.keys(tables.shipped[key])));
    }
    return found;
  }

  function unknown(what, name, names) {
    const near = nearest(name, names);
    return `${what.length > LONGEST ? `${what.slice(0, LONGEST)}…` : what} is not known${near ? `; did you mean ${near}?` : ""}`;
  }

  function ownPolicies(text, problems) {
    const wrong = () => problems.push("own: is not a list of policies as this page writes it");
    let given = null;
    try {
      given = JSON.parse(text);
    } catch { /* it is no list */ }
    if (!Array.isArray(given)) {
      wrong();
      return [];
    }
    return given.filter((policy) => {
      const good = policy && NAME.test(policy.name) && KINDS.includes(policy.kind)
        && Array.isArray(policy.levers) && policy.levers.length > 0 && policy.levers.every((lever) => isLever(lever, policy.kind));
      if (!good) wrong();
      return good;
    });
  }

  const isObject = (x) => typeof x === "object" && x !== null && !Array.isArray(x);

  /** Whether this has the form of a lever; the engine checks its numbers. */
  function isLever(lever, kind) {
    const known = ["lever", "strength", "from", "to", "where", "groups", "cost"];
    if (!isObject(lever) || !Object.keys(lever).every((key) => known.includes(key))) return false;
    const { where = {}, groups = [], cost = 0 } = lever;
    const { share = 1, members = true, organisations = [] } = isObject(where) ? where : {};
    return Object.hasOwn(tables.levers, lever.lever) && tables.levers[lever.lever].kind === kind && Number.isFinite(lever.strength)
      && (isObject(where) || where === "all") && Number.isFinite(share) && members === true
      && Array.isArray(organisations) && organisations.every((n) => /^[1-9][0-9]{0,6}$/.test(n))
      && Array.isArray(groups) && groups.every((name) => tables.groups.some((group) => group.name === name))
      && Number.isFinite(cost) && cost >= 0;
  }

  /** Read an address into a state; what can not be used is left out and told. */
  function decoded(text) {
    const problems = [];
    const made = empty();
    const words = new URLSearchParams(text || OPENING);
    const questions = tables.nasss.questions.map((q) => q.name);
    let named = null;
    for (const [key, given] of words) {
      const x = number(given);
      const all = words.getAll(key);
      if (all.length > 1 && ![...KINDS, "own"].includes(key)) problems.push(`${key} is given ${all.length} times: the last one counts, ${key}=${all.at(-1)}`);
      if (key === "scenario") {
        if (Object.hasOwn(tables.scenarios, given)) made.scenario = given;
        else problems.push(unknown(`scenario=${given}`, given, Object.keys(tables.scenarios)));
      } else if (key === "policy" || key === "shock") {
        named = [...(named ?? []), ...decodePolicies(key, given, problems)];
      } else if (key === "own") {
        named = [...(named ?? []), ...ownPolicies(given, problems)];
      } else if (key === "both" || key === "worlds") {
        if (Object.hasOwn(SWITCHES[key], given)) made[key] = SWITCHES[key][given];
        else problems.push(`${key}=${given}: allowed is ${Object.keys(SWITCHES[key]).join(" or ")}`);
      } else if (key === "seed") {
        if (x !== null && Number.isSafeInteger(x) && x >= 0) made.seed = x;
        else problems.push(`seed=${given}: allowed is a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`);
      } else if (key.startsWith("rate.") && questions.includes(key.slice(5))) {
        if (tables.nasss.ratings.includes(given)) made.ratings[key.slice(5)] = given;
        else problems.push(`${key}=${given}: allowed is one of ${tables.nasss.ratings.join(", ")}`);
      } else if (Object.hasOwn(tables.parameters, key.replace(/^now\./, ""))) {
        const path = key.replace(/^now\./, "");
        const parameter = tables.parameters[path];
        const usable = parameter.kind === "choice" ? given : x;
        // what limits each other is looked at when all is known
        const problem = usable === null ? `${key}=${given}: allowed is ${parameter.allowed}` : engine.alone(path, usable);
        if (problem) problems.push(problem);
        else made[key === path ? part(path) : "place"][path] = usable;
      } else problems.push(unknown(`${key}=${given}`, key, [...Object.keys(tables.parameters), ...questions.map((name) => `rate.${name}`), "scenario", "policy", "shock", "seed", "both", "worlds"]));
    }
    const same = (a) => (b) => a.kind === b.kind && a.name === b.name;
    if (named !== null) made.policies = named.filter((policy, n) => named.findIndex(same(policy)) === n);
    return { made, problems };
  }

  /** Take an address over, whole; returns what could not be used, each in a sentence. */
  function open(text) {
    let { made, problems } = decoded(text);
    state = made;
    const together = lines().flatMap((line) => engine.check(question(line))).map((problem) => problem.message);
    if (together.length) {
      problems = [...problems, ...together, "So nothing of this address could be used: the page shows its own place."];
      state = decoded("").made;
    }
    past = [encoded()];
    future = [];
    told();
    return [...new Set(problems)];
  }

  // --- changes -----------------------------------------------------------------------------

  function told(whole = true) {
    for (const listen of heard) listen(whole);
  }

  /** Change the state; a change that is not `whole` (a slider on its way) makes no step of undo. */
  function change(mutate, whole = true) {
    mutate(state);
    if (whole && encoded() !== past.at(-1)) {
      past = [...past, encoded()].slice(-MOST_UNDO);
      future = [];
    }
    told(whole);
  }

  function step(from, to) {
    if (from === past ? past.length < 2 : future.length < 1) return;
    to.push(from.pop());
    state = decoded(past.at(-1)).made;
    told();
  }

  /** Set one parameter, or give it back its base (undefined). */
  function set(path, given, whole = true) {
    change((s) => {
      const of = part(path);
      const usual = of === "factors" ? value(path, "assumed") : of === "assumed" ? value(path, "now") : undefined;
      if (given === undefined || given === usual) delete s[of][path];
      else s[of][path] = given;
    }, whole);
  }

  Page.settings = {
    start, open, change, set, value, question, lines, policies, isShipped, shipped,
    encoded, decoded, get state() { return state; }, onChange: (listen) => heard.push(listen),
    undo: () => step(past, future), redo: () => step(future, past),
    get undoable() { return past.length > 1; }, get redoable() { return future.length > 0; },
  };
})();
