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
  const replies = [];
  for (const [what, ...given] of JSON.parse(fs.readFileSync(0))) {
    if (what === "ask" || what === "watch") replies.push(await last(what, given[0]));
    else if (what === "compare") replies.push(engine.compare(replies[given[0]], replies[given[1]]));
    else replies.push(engine[what](...given));
  }
  process.stdout.write(JSON.stringify(replies, plain));
})().catch((error) => {
  process.stderr.write(error.message);
  process.exit(1);
});
