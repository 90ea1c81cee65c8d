// Asks the page's engine in node what standard input holds: a list of [what, ...arguments].
const fs = require("fs");
const [folder, tables] = process.argv.slice(2);
for (const source of ["engine", "packer"]) require(`${folder}/web/${source}.js`);
const plain = (key, value) =>
  typeof value === "bigint" ? Number(value)
  : ArrayBuffer.isView(value) ? Array.from(value, (x) => (Number.isNaN(x) ? null : x))
  : Number.isNaN(value) ? null : value;

(async () => {
  const engine = await Engine.start({
    tables: JSON.parse(fs.readFileSync(tables)), wasm: fs.readFileSync(`${folder}/model.wasm`), workers: 0,
  });
  const last = (what, question) =>
    new Promise((done) => engine[what](question, (reply) => (reply.done === reply.of || reply.error) && done(reply)));
  let runs = 0;
  const { model } = engine, run = model.run.bind(model);
  model.run = (...given) => ((runs += 1), run(...given));
  // A slider that is moved again and again, each time before the last answer is whole
  const own = {
    counted: () => runs,
    moves: async (question, number) => {
      for (let n = 1; n <= number; n++)
        await new Promise((done) => {
          const settings = { ...question.settings, "process.training": n / 1000 };
          engine.ask({ settings, replicates: 3 }, done);
        });
      engine.drop("main");
      return { bytes: model.inside.memory.buffer.byteLength, jobs: engine.jobs.size, kept: engine.kept.size };
    },
  };
  // The number of the draws that decide whom a policy reaches
  own.luck = (name, share) => {
    const { rows } = engine.packer.schedule([{ name, kind: "policy", levers: [{ lever: "training", strength: 1, where: { share } }] }]);
    return new DataView(rows.buffer).getBigInt64(engine.tables.layout.rows.fields.luck[0], true);
  };
  // What was taken for a call that failed is given back
  own["too much"] = (numbers) => {
    const shape = [1, numbers], before = model.inside.alloc(0);
    try {
      model.call("splits", { x: { shape }, out: { shape } });
    } catch (error) {
      return [error.message, model.inside.alloc(0) === before];
    }
  };
  const replies = [];
  for (const [what, ...given] of JSON.parse(fs.readFileSync(0))) {
    if (what === "ask" || what === "watch") replies.push(await last(what, given[0]));
    else if (what === "compare") replies.push(engine.compare(replies[given[0]], replies[given[1]]));
    else replies.push(await (own[what] || engine[what].bind(engine))(...given));
  }
  process.stdout.write(JSON.stringify(replies, plain));
})().catch((error) => {
  process.stderr.write(error.message);
  process.exit(1);
});
