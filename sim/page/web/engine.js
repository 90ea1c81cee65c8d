// Runs the compiled model in this browser. It packs what is asked, hands it to workers, and asks the
// module for every statistic: no formula of the model stands here. See `sim/page/tables.py` for `tables`.
"use strict";
(() => {
  const VIEWS = {
    f8: Float64Array, i8: BigInt64Array, f4: Float32Array, i4: Int32Array, i1: Int8Array,
  };
  const NO_MEMORY = "The browser gives this page no more memory. Choose fewer professionals or months.";
  const FAULT = "The page could not compute this; that is a fault of the program.";
  const EVERY = 100; // milliseconds between replies, at least; each rests on twice as many runs as the last
  const KEPT = 24; // questions whose runs are kept: for more of them, and for whoever goes back

  // ---------------------------------------------------------------- the module
  // Calls its functions: arrays are copied in, and out again, and what was taken is given back.
  class Module {
    constructor(instance, exports) {
      this.inside = instance.exports;
      this.exports = exports;
    }

    static async of(compiled, exports) {
      return new Module(await WebAssembly.instantiate(compiled, {}), exports);
    }

    // `given`: of an array {shape, data?, out?} or a typed array; what is `out` is returned
    call(name, given) {
      const start = this.inside.alloc(0), out = {};
      try {
        const returned = this.inside.alloc(16), flat = [returned, this.inside.alloc(16)];
        const copies = [];
        for (const [argument, code, bytes, dimensions] of this.exports[name]) {
          const value = given[argument];
          if (dimensions === 0) {
            flat.push(code === "f8" ? value : BigInt(value));
            continue;
          }
          const shape = value.shape || [dimensions < 0 ? 1 : value.length / (VIEWS[code] ? 1 : bytes)];
          const items = shape.reduce((a, b) => a * b, 1);
          if (items * bytes > 2 ** 32) throw new Error(NO_MEMORY);
          const place = this.inside.alloc(Math.max(8, items * bytes));
          copies.push([argument, code, place, items * bytes, value]);
          if (dimensions < 0) {
            flat.push(place);
            continue;
          }
          const steps = [];
          for (let n = shape.length - 1, step = bytes; n >= 0; step *= shape[n--]) steps.unshift(step);
          flat.push(0, 0, BigInt(items), BigInt(bytes), place, ...shape.map(BigInt), ...steps.map(BigInt));
        }
        for (const [, , place, length, value] of copies) { // memory grows no more from here
          const data = value.shape ? value.data : value;
          const into = new Uint8Array(this.inside.memory.buffer, place, length);
          if (data) into.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
          else into.fill(0);
        }
        if (this.inside[name](...flat) !== 0) throw new Error(FAULT);
        for (const [argument, code, place, length, value] of copies)
          if (value.out) out[argument] = new VIEWS[code](this.inside.memory.buffer.slice(place, place + length));
        const memory = new DataView(this.inside.memory.buffer);
        out.whole = Number(memory.getBigInt64(returned, true));
        out.number = memory.getFloat64(returned, true);
        return out;
      } catch (error) {
        if (error instanceof WebAssembly.RuntimeError)
          throw new Error(/unreachable/.test(error.message) ? NO_MEMORY : FAULT);
        throw error;
      } finally {
        this.inside.reset(start);
      }
    }

    run(job, number) {
      const { packed, seed } = job, world = packed.worlds ? number : 0;
      const p = packed.worlds ? packed.worlds[number] : packed.p;
      return this.call("simulate", {
        seed, replicate: packed.worlds ? 0 : number, luck: world, p, rows: packed.rows,
        named: packed.named, cost_rows: packed.cost_rows, cost_named: packed.cost_named,
        outcomes: { shape: [job.outcomes], out: true },
        months: { shape: [job.columns, packed.horizon + 1], out: true },
        failure: { shape: [4], out: true },
      });
    }

    film(job) {
      const { packed, seed, replicate } = job, months = packed.horizon + 1, m = packed.organisations;
      const own = { seed, replicate, luck: 0, p: packed.p };
      const n = this.call("size", own).whole;
      const of = (...shape) => ({ shape, out: true });
      const made = this.call("film", {
        ...own, rows: packed.rows, named: packed.named,
        state: of(months, n), trained: of(months, n), hired: of(months, n), trust: of(months, n),
        place: of(months, n), status: of(months, m), first_hcp: of(m + 1), group: of(n), failure: of(4),
      });
      made.first_hcp = Int32Array.from(made.first_hcp, Number);
      return { ...made, hcps: n, organisations: m, months: Array.from({ length: months }, (_, i) => i) };
    }
  }

  // ---------------------------------------------------------------- workers
  const answer = (model, { kind, job, number }) => {
    try {
      return { job: job.id, number, made: kind === "film" ? model.film(job) : model.run(job, number) };
    } catch (error) {
      return { job: job.id, number, error: error.message };
    }
  };

  const inWorker = typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope;
  if (inWorker) {
    let model;
    self.onmessage = async ({ data }) => {
      if (data.compiled) model = Module.of(data.compiled, data.exports);
      else postMessage(answer(await model, data));
    };
    return;
  }

  // ---------------------------------------------------------------- the engine
  class Engine {
    // Compiles the module and starts the workers. All but `tables` it takes from the page.
    static async start(options) {
      const { tables, wasm, source, workers } = { ...(await Engine.fromPage(options)), ...options };
      if (typeof WebAssembly !== "object") throw new Error("This browser cannot run WebAssembly, which the page needs.");
      const compiled = await WebAssembly.compile(wasm);
      const [made] = WebAssembly.Module.customSections(compiled, "model");
      const of = made ? new TextDecoder().decode(made) : "nothing known";
      if (of !== tables.model)
        throw new Error(`The page's module is of another model (${of}, not ${tables.model}): make the page anew with \`make page\`.`);
      const engine = new Engine(tables, await Module.of(compiled, tables.exports));
      const cores = typeof navigator === "object" ? navigator.hardwareConcurrency || 2 : 0;
      engine.employ(workers === undefined ? Math.min(8, cores) : workers, compiled, source);
      return engine;
    }

    static async fromPage({ wasm }) {
      if (wasm) return {};
      if (typeof DecompressionStream !== "function") throw new Error("This browser is too old for the page, which unpacks the model in it; any of 2023 or later will do.");
      const text = (id) => document.getElementById(id).textContent;
      const packed = Uint8Array.from(atob(text("module").trim()), (c) => c.charCodeAt(0));
      const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
      return {
        source: text("engine"),
        wasm: new Uint8Array(await new Response(stream).arrayBuffer()),
      };
    }

    constructor(tables, model) {
      this.tables = tables;
      this.model = model;
      this.packer = new globalThis.Packer(tables, (text) => model.call("luck", { text: new TextEncoder().encode(text) }).whole);
      for (const name of ["check", "alone", "command"]) this[name] = this.packer[name].bind(this.packer);
      this.names = Object.keys(tables.outcomes);
      this.columns = tables.columns;
      this.jobs = new Map();
      this.idle = [];
      this.kept = new Map();
      this.compared = new WeakMap();
      this.numbers = 0;
      const rows = this.names.map((name) => tables.outcomes[name]);
      this.over = BigInt64Array.from(rows, ({ over }) => BigInt(over ? this.names.indexOf(over) : -1));
      this.better = BigInt64Array.from(rows, ({ better }) => BigInt(better));
      this.lowest = Float64Array.from(rows, ({ low }) => low);
      this.highest = Float64Array.from(rows, ({ high }) => (high === null ? Infinity : high));
      this.quantiles = Float64Array.from(tables.quantiles, (x) => (x === null ? NaN : x));
    }

    employ(number, compiled, source) {
      try {
        const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
        for (let n = 0; n < number; n++) {
          const worker = new Worker(address);
          worker.postMessage({ compiled, exports: this.tables.exports });
          worker.onmessage = ({ data }) => this.take(data, worker);
          worker.onerror = () => this.take({ ...worker.busy, error: FAULT }, worker);
          this.idle.push(worker);
        }
      } catch { /* no workers here: slower, and the same */ }
      if (this.idle.length) return;
      const here = { postMessage: (task) => setTimeout(() => this.take(answer(this.model, task), here)) };
      this.idle.push(here);
    }

    ask(question, onReply) {
      const { channel = "main", priority = 0, seed = this.tables.seed, worlds = 0 } = question;
      const { replicates = this.tables.replicates } = question;
      this.drop(channel);
      return this.begin({
        id: ++this.numbers, channel, priority, seed, question, onReply, kind: "run",
        of: worlds || replicates, next: 0, done: 0, told: 0, at: 0,
      }, question);
    }

    // The runs that are known of a question
    runsOf({ settings = {}, policies = [], seed = this.tables.seed, worlds = 0 }) {
      const key = JSON.stringify([settings, policies, seed, worlds > 0]);
      const found = this.kept.get(key) || [];
      this.kept.delete(key); // the newest come last
      this.kept.set(key, found);
      if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
      return found;
    }

    // The last months of one run, of everybody: for the map
    watch(question, onFilm) {
      const { channel = "film", seed = this.tables.seed, replicate = 0 } = question;
      this.drop(channel);
      const job = {
        id: ++this.numbers, channel, priority: -1, seed, replicate, question, onReply: onFilm,
        kind: "film", of: 1, next: 0,
      };
      return this.begin(job, question);
    }

    begin(job, question) {
      const problems = this.check(question);
      if (problems.length) {
        setTimeout(() => job.onReply({ id: job.id, channel: job.channel, question, error: problems[0].message }));
        return job.id;
      }
      job.packed = this.packer.pack({ ...question, worlds: job.kind === "film" ? 0 : question.worlds });
      this.jobs.set(job.id, job);
      if (job.kind === "run") {
        job.found = this.runsOf(question);
        setTimeout(() => this.jobs.has(job.id) && this.tell(job)); // what is known already
      }
      this.hand();
      return job.id;
    }

    drop(channel) {
      for (const [id, job] of this.jobs) if (job.channel === channel) this.jobs.delete(id);
    }

    // Give work to whoever has none: what is most urgent, then what was asked last
    hand() {
      while (this.idle.length) {
        for (const job of this.jobs.values()) while (job.found && job.next < job.of && job.found[job.next]) job.next++;
        const open = [...this.jobs.values()].filter((job) => job.next < job.of);
        if (!open.length) return;
        const job = open.reduce((a, b) => (b.priority < a.priority || (b.priority === a.priority && b.id > a.id) ? b : a));
        const { id, kind, packed, seed, replicate } = job, worker = this.idle.pop(), number = job.next++;
        worker.busy = { job: id, number };
        worker.postMessage({
          kind, number,
          job: { id, packed, seed, replicate, outcomes: this.names.length, columns: this.columns.length },
        });
      }
    }

    take({ job: id, number, made, error }, worker) {
      this.idle.push(worker);
      const job = this.jobs.get(id);
      if (job) {
        const failed = error || this.failure(made.failure, job);
        if (failed || job.kind === "film") {
          this.jobs.delete(id);
          const told = { id, channel: job.channel, question: job.question };
          job.onReply(failed ? { ...told, error: failed } : { ...told, ...made, error: null });
        } else {
          job.found[number] = made;
        }
      }
      this.hand();
      if (job && this.jobs.has(id)) this.tell(job);
    }

    // Tell of the runs without a gap from the first on, if there are enough new ones
    tell(job) {
      while (job.done < job.of && job.found[job.done]) job.done++;
      const whole = job.done === job.of, now = performance.now();
      if (whole) this.jobs.delete(job.id);
      if (job.done === job.told || job.done === 0 || (job.question.last && !whole)) return;
      if (job.told && !whole && (job.done < 2 * job.told || now - job.at < EVERY)) return;
      job.told = job.done;
      const reply = this.reply(job);
      job.at = performance.now();
      job.onReply(reply);
    }

    failure([code, , , month], { packed }) {
      if (Number(code) === 0) return null;
      return `Month ${month}: a quantity left what is possible, so these settings have no answer. Take one of them nearer to its base.`;
    }

    reply(job) {
      const { done, found, packed } = job, months = packed.horizon + 1, rows = this.names.length;
      const x = new Float64Array(rows * done);
      for (let row = 0; row < rows; row++)
        for (let run = 0; run < done; run++) x[row * done + run] = found[run].outcomes[row];
      const of = (name) => x.subarray(this.names.indexOf(name) * done, (this.names.indexOf(name) + 1) * done);
      const paths = new Float64Array(this.columns.length * months * done);
      for (let cell = 0; cell < this.columns.length * months; cell++)
        for (let run = 0; run < done; run++) paths[cell * done + run] = found[run].months[cell];
      const shares = new Float64Array(this.columns.length * months).fill(1);
      const { tables, quantiles } = this, told = [tables.headline, tables.goal];
      const summary = this.model.call("summaries", {
        x: { shape: [rows, done], data: x }, over: this.over, lowest: this.lowest,
        highest: this.highest, quantiles, out: { shape: [rows, 4], out: true },
      }).out;
      const means = this.model.call("summaries", {
        x: { shape: [shares.length, done], data: paths }, over: new BigInt64Array(shares.length).fill(-1n),
        lowest: new Float64Array(shares.length), highest: shares, quantiles,
        out: { shape: [shares.length, 4], out: true },
      }).out;
      const two = new Float64Array([...of(told[0]), ...of(told[1])]);
      const splits = this.model.call("splits", {
        x: { shape: [2, done], data: two }, out: { shape: [2, 6], out: true },
      }).out;
      const column = (n, part) => Float64Array.from({ length: months }, (_, m) => means[4 * (n * months + m) + part]);
      const byColumn = (make) => Object.fromEntries(this.columns.map((name, n) => [name, make(n)]));
      return {
        id: job.id, channel: job.channel, question: job.question, done, of: job.of, error: null,
        months: Array.from({ length: months }, (_, m) => m),
        runs: Object.fromEntries(this.names.map((name) => [name, of(name)])),
        paths: byColumn((n) => found.slice(0, done).map((run) => run.months.subarray(n * months, (n + 1) * months))),
        summary: Object.fromEntries(this.names.map((name, n) => [name, this.interval(summary.subarray(4 * n, 4 * n + 4))])),
        sustained: this.interval(this.model.call("reaching", {
          x: of(tables.goal), threshold: this.packer.values(job.question.settings)["outcome.sustained_threshold"],
          out: { shape: [4], out: true },
        }).out),
        mean: byColumn((n) => column(n, 0)),
        band: byColumn((n) => ({ low: column(n, 1), high: column(n, 2) })),
        split: Object.fromEntries(told.map((name, n) => {
          const [low, high, ...lower] = splits.subarray(6 * n, 6 * n + 6);
          return [name, Number.isNaN(low) ? null : { low, high, lower: this.interval(lower) }];
        })),
      };
    }

    interval([estimate, low, high, runs]) {
      return { estimate, low, high, runs };
    }

    // How the second answer differs from the first, run by run under the same luck
    compare(first, second) {
      const kept = this.compared.get(second); // whoever draws the same again asks again
      if (kept && kept.first === first) return kept.changes;
      const runs = Math.min(first.done, second.done), shape = [this.names.length, runs];
      const data = ({ runs: made }) => Float64Array.from(this.names.flatMap((name) => [...made[name].subarray(0, runs)]));
      const { out } = this.model.call("changes", {
        a: { shape, data: data(second) }, b: { shape, data: data(first) }, over: this.over,
        direction: this.better, out: { shape: [this.names.length, 8], out: true },
      });
      const changes = Object.fromEntries(this.names.map((name, n) => [name, {
        change: this.interval(out.subarray(8 * n, 8 * n + 4)),
        better: this.interval(out.subarray(8 * n + 4, 8 * n + 8)),
      }]));
      this.compared.set(second, { first, changes });
      return changes;
    }

    // Which of many samples of runs have a mean beyond chance, as many are looked at: `intervals.beyond_chance`
    beyondChance(samples) {
      const mean = (x, looks) => this.interval(this.model.call("summaries", {
        x: { shape: [1, x.length], data: Float64Array.from(x) }, over: BigInt64Array.of(-1n),
        lowest: Float64Array.of(-Infinity), highest: Float64Array.of(Infinity),
        quantiles: Float64Array.from(this.tables.tried.quantiles[looks - 1], (t) => t ?? NaN), out: { shape: [1, 4], out: true },
      }).out);
      const wide = samples.map((x) => mean(x, 1)).map(({ estimate, low, high }) => (estimate === 0 ? Infinity : (high - low) / Math.abs(estimate)));
      const order = samples.map((_, n) => n).sort((a, b) => (Number.isNaN(wide[a]) - Number.isNaN(wide[b])) || (wide[a] < wide[b] ? -1 : wide[a] > wide[b] ? 1 : a - b));
      const end = order.findIndex((place, n) => {
        const { low, high } = mean(samples[place], order.length - n);
        return !(low > 0 || high < 0);
      });
      const clear = new Set(end < 0 ? order : order.slice(0, end));
      return samples.map((_, n) => clear.has(n));
    }

    // What the policies cost where every organisation has the tool throughout
    price(policies, settings = {}) {
      const { p, cost_rows, cost_named } = this.packer.pack({ settings, policies });
      return this.model.call("price", { seed: this.tables.seed, p, cost_rows, cost_named }).number;
    }

    rate(ratings) {
      const settings = {};
      for (const { question, levels } of this.tables.nasss.mapping)
        for (const path in ratings[question] ? levels : {}) settings[path] = levels[path][ratings[question]];
      return settings;
    }
  }

  globalThis.Engine = Engine;
})();
