// Trains a step and infers with this package loaded into realms of their own, twice in one process, as Jest does with every
// test file. Started by realm.test.ts with --experimental-vm-modules; prints what came out.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createContext, SourceTextModule, SyntheticModule } from "node:vm";

const PROGRAM = `
import { onnxBackend } from "@alexnet/backend-onnx";
import { inferenceProgram, initialParameters, lenet5, tensor } from "@alexnet/core";
import { programBuilder } from "@alexnet/core/program";
import { uniform } from "@alexnet/core/random";

const builder = programBuilder("step");
builder.input("x", [2]);
const sum = builder.apply("add", ["x", builder.variable("total", [2])], {});
builder.assign("total", sum);
builder.output(sum, "sum");

const backend = await onnxBackend({ threads: 1 });
const step = await backend.compile(builder.build());
const total = await backend.createVariables({ total: tensor([2], [1, 2]) });
const feeds = [{ x: tensor([2], [1, 1]) }, { x: { shape: [2], data: other.floats } }];
const steps = await step.run(total, feeds);

const infer = await backend.compile(inferenceProgram(lenet5(), 1).program);
const weights = await backend.createVariables(initialParameters(lenet5(), 0));
const images = { shape: [1, 1, 28, 28], data: uniform({ seed: 1, purpose: "images" }, 784) };
const [{ logits }] = await infer.run(weights, [{ images }]);

other.tell({
  ownRealm: steps[0].sum.data instanceof Float32Array && logits.data instanceof Float32Array,
  foreignFloats: other.floats instanceof Float32Array,
  sums: steps.map(({ sum }) => [...sum.data]),
  logits: [...logits.data],
});
await backend.dispose();
`;

const told = [];
for (let realm = 0; realm < 2; realm++) await runInRealm();
console.log(JSON.stringify(told));

async function runInRealm() {
  const { console, process, setImmediate, setTimeout, TextEncoder } = globalThis;
  const other = { floats: Float32Array.of(10, 10), tell: (result) => told.push(result) };
  const context = createContext({ console, other, process, setImmediate, setTimeout, TextEncoder });
  const modules = new Map();
  const link = (specifier, { identifier }) => moduleAt(specifier, identifier);
  const main = new SourceTextModule(PROGRAM, { context, identifier: import.meta.url });
  await main.link(link);
  await main.evaluate();

  async function moduleAt(specifier, from) {
    const url = specifier.startsWith(".") ? new URL(specifier, from).href : import.meta.resolve(specifier);
    const ours = url.startsWith("file:") && !url.includes("onnxruntime");
    if (!modules.has(url)) modules.set(url, ours ? source(url) : await fromOutside(url));
    return modules.get(url);
  }

  async function fromOutside(url) {
    const exported = await import(url);
    const names = Object.keys(exported);
    return new SyntheticModule(
      names,
      function () {
        for (const name of names) this.setExport(name, exported[name]);
      },
      { context, identifier: url },
    );
  }

  function source(url) {
    return new SourceTextModule(readFileSync(fileURLToPath(url), "utf8"), {
      context,
      identifier: url,
      initializeImportMeta: (meta) => Object.assign(meta, { url }),
      importModuleDynamically: async (specifier) => {
        const found = await moduleAt(specifier, url);
        if (found.status === "unlinked") await found.link(link);
        await found.evaluate();
        return found;
      },
    });
  }
}
