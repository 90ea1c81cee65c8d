// What is asked: checked in the words of Python, packed as the module reads it, and told as a command.
"use strict";
(() => {
  // A number as Python writes a float
  const asPython = (x) => (x !== 0 && x < 1e-4 ? x.toExponential().replace(/e-(\d)$/, "e-0$1")
    : Number.isInteger(x) ? `${x}.0` : String(x));

  class Packer {
    // `luckOf`: the module's number of a text
    constructor(tables, luckOf) {
      Object.assign(this, { tables, luckOf });
    }

    values(settings) {
      const values = {};
      for (const path in this.tables.parameters) values[path] = this.tables.parameters[path].default;
      return Object.assign(values, settings);
    }

    parameters(values) {
      const bytes = new Uint8Array(this.tables.layout.record), view = new DataView(bytes.buffer);
      for (const path in this.tables.layout.parameters) {
        const { choices } = this.tables.parameters[path], value = values[path];
        const number = choices.length ? choices.indexOf(value) : value === null ? NaN : value;
        view.setFloat64(this.tables.layout.parameters[path], number, true);
      }
      return bytes;
    }

    structures(layout, rows) {
      const bytes = new Uint8Array(layout.size * rows.length), view = new DataView(bytes.buffer);
      rows.forEach((row, n) => {
        for (const name in layout.fields) {
          const [offset, code] = layout.fields[name], place = n * layout.size + offset;
          if (code === "f8") view.setFloat64(place, row[name], true);
          else view.setBigInt64(place, BigInt(row[name]), true);
        }
      });
      return bytes;
    }

    // Timed levers, and what they cost, in the order in which Python has them
    schedule(policies) {
      const t = this.tables, rows = [], named = [], costs = [], paid = [];
      const byKind = ["policy", "shock"].flatMap((kind) => policies.filter((p) => p.kind === kind));
      for (const policy of byKind)
        for (const { lever, strength, where, groups, cost = 0, from = 1, to = t.last_month } of policy.levers) {
          if (strength === 0) continue;
          const { share = 1, members = false, organisations = [] } = typeof where === "object" ? where : {};
          const places = [organisations].flat().map((name) => BigInt(name) - 1n);
          const luck = this.luckOf(`${policy.name} ${asPython(share)}`);
          let { columns } = t.levers[lever];
          const chosen = [groups || []].flat();
          if (chosen.length) columns = chosen.map((g) => columns[t.groups.findIndex((x) => x.name === g)]);
          for (const column of columns)
            rows.push({
              lever: column, first_month: from, last_month: to, strength, share, luck,
              members_only: members ? 1 : 0, first_named: named.length,
              last_named: named.length + places.length,
            });
          named.push(...places);
          if (cost === 0) continue;
          costs.push({
            amount: cost, first: from, last: to, share, luck, members_only: members ? 1 : 0,
            early: t.levers[lever].early ? 1 : 0, first_named: paid.length,
            last_named: paid.length + places.length,
          });
          paid.push(...places);
        }
      return {
        rows: this.structures(t.layout.rows, rows), named: BigInt64Array.from(named),
        cost_rows: this.structures(t.layout.costs, costs), cost_named: BigInt64Array.from(paid),
      };
    }

    pack({ settings = {}, policies = [], worlds = 0 }) {
      const values = this.values(settings), { paths, rows } = this.tables.posterior;
      const free = paths.map((path, n) => [path, n]).filter(([path]) => !(path in settings));
      return {
        p: this.parameters(values),
        ...this.schedule(policies),
        horizon: values.horizon,
        organisations: values["population.organisations"],
        // of the sample of worlds all but what is set
        worlds: worlds
          ? rows.slice(0, worlds).map((row) =>
              this.parameters({ ...values, ...Object.fromEntries(free.map(([path, n]) => [path, row[n]])) }))
          : null,
      };
    }

    // What is wrong with one value, whatever the others are; nothing where it may stand
    alone(path, value) {
      const row = this.tables.parameters[path];
      if (path === "engine") return `engine=${value}: the page runs the compiled engine alone; use the program itself, with the same settings`;
      if (!row) return `${path}: unknown parameter; see \`python -m sim list parameters\``;
      if (row.kind === "file" && value !== null) return `${path}=${value}: the page reads no files; use the program itself, with the same settings`;
      const why = this.reason(row, value);
      return why && `${path}=${this.show(value)}: ${why}; allowed is ${row.allowed}`;
    }

    // Sentences of what is wrong, each with its key; none where all is well
    check({ settings = {}, policies = [], worlds = 0, replicates = 1, seed = 0 }) {
      const t = this.tables, found = [], wrong = (key, message) => found.push({ key, message });
      for (const [path, value] of Object.entries(settings)) {
        const problem = this.alone(path, value);
        if (problem) wrong(path, problem);
      }
      if (settings["network.kind"] === "file") wrong("network.kind", "network.kind=file: the page reads no files; use the program itself");
      if (!found.length) this.together(this.values(settings), wrong);
      const there = this.values(settings)["population.organisations"];
      for (const policy of policies) this.checkPolicy(policy, there, wrong);
      const whole = (key, value, low, high) => {
        if (!Number.isInteger(value) || value < low || value > high)
          wrong(key, `${key}=${this.show(value)}: allowed is a whole number from ${low} to ${high}`);
      };
      whole("seed", seed, 0, Number.MAX_SAFE_INTEGER);
      whole("replicates", replicates, 1, t.most_runs);
      whole("worlds", worlds, 0, t.posterior.rows.length);
      return found;
    }

    reason({ kind, choices, low, high, default: usual }, value) {
      if (value === null) return usual === null ? "" : "is empty";
      if (kind === "choice") return choices.includes(value) ? "" : "is not a valid name";
      if (!["float", "integer", "optional"].includes(kind)) return value === usual ? "" : "is not used by the page";
      if (typeof value !== "number") return "is text, where a number belongs";
      if (!Number.isFinite(value)) return "is not a finite number";
      if (value < low) return "is below the smallest allowed value";
      if (value > high) return "is above the largest allowed value";
      return kind === "integer" && !Number.isInteger(value) ? "is not whole" : "";
    }

    // Values that limit each other; effort that is too much, the run itself finds
    together(values, wrong) {
      const { sums, most, tolerance, needs } = this.tables.limits;
      const hcps = values["population.organisations"] * values["population.organisation_size"];
      if (hcps > this.tables.most_hcps)
        wrong("population.organisations", `${hcps} professionals are more than the page takes; allowed are ${this.tables.most_hcps} at most: use the program itself, with the same settings`);
      const short = (x) => Number(x.toPrecision(6)), told = (path) => `${path}=${short(values[path])}`;
      for (const { paths, what, allowed, less } of sums) {
        const total = paths.reduce((sum, path) => sum + values[path], 0);
        if (total > 1 + tolerance || (total < 1 - tolerance && !less))
          wrong(paths[0], `${paths.map(told).join(", ")}: ${what} ${short(total)}; allowed is ${allowed}`);
      }
      for (const { path, highest, what } of most)
        if (values[path] > values[highest]) wrong(path, `${told(path)}: is above ${what}; allowed is at most ${told(highest)}`);
      const { path, needed, what } = needs;
      if (values[path] > 0 && values[needed] === 0) wrong(path, `${told(path)}: ${what}`);
    }

    checkPolicy({ name, kind, levers }, there, wrong) {
      const t = this.tables;
      levers.forEach(({ lever, strength, where, from = 1, to = t.last_month }, n) => {
        const key = `${kind} ${name}: levers[${n + 1}]`, row = t.levers[lever];
        if (!row || row.kind !== kind) return wrong(key, `${key}.lever=${lever}: unknown lever; see \`python -m sim list levers\``);
        if (!(strength >= 0 && strength <= row.high)) wrong(key, `${key}.strength=${strength}: allowed is a number from 0 to ${row.high}`);
        for (const [part, month, low] of [["from", from, 1], ["to", to, from]])
          if (!Number.isInteger(month) || month < low || month > t.last_month)
            wrong(key, `${key}.${part}=${month}: allowed is a month from ${low} to ${t.last_month}`);
        const { share = 1, organisations = [] } = where && typeof where === "object" ? where : {};
        for (const stranger of [organisations].flat().filter((number) => Number(number) > there))
          wrong(key, `${key}.where.organisations=${stranger}: there is no such organisation; allowed is a number from 1 to ${there}`);
        if (!(share >= 0 && share <= 1)) wrong(key, `${key}.where.share=${share}: allowed is a number from 0 to 1`);
      });
    }

    show(value) {
      return typeof value === "string" ? value : JSON.stringify(value);
    }

    // The command that gives the same numbers, where all policies are as they are shipped
    command({ settings = {}, policies = [], seed = this.tables.seed, replicates = this.tables.replicates, worlds = 0 }) {
      const parts = Object.entries(settings)
        .filter(([path, value]) => value !== this.tables.parameters[path].default)
        .map(([path, value]) => `${path}=${this.show(value)}`);
      for (const kind of ["policy", "shock"]) {
        const names = policies.filter((p) => p.kind === kind).map((p) => p.name);
        if (names.length) parts.push(`${kind}=${names.join("+")}`);
      }
      if (worlds) parts.push("uncertainty=posterior", `worlds=${worlds}`);
      return ["python -m sim", ...parts, `seed=${seed}`, `replicates=${worlds || replicates}`].join(" ");
    }
  }

  globalThis.Packer = Packer;
})();
