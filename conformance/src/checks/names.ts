import {
  type Backend,
  defineModel,
  layers,
  paperSgd,
  sizeOf,
  type Tensor,
  type TensorMap,
  trainingProgram,
} from "@alexnet/core";
import { uniform } from "@alexnet/core/random";
import { kindsOf } from "../kinds.js";
import { type Check, ConformanceError } from "../suite/check.js";

const { conv2d, dense, dropout, flatten, maxPool, relu } = layers;

/** Nine names for nine layers: what engines, graphs and JavaScript keep for themselves, and what nobody thinks of. */
const AWKWARD: readonly (readonly string[])[] = [
  ["run", "going", "runs", "still going", "labels", "learningRate", "images", "loss", "logits"],
  ["__proto__", "constructor", "toString", "hasOwnProperty", "", " ", "\n", "a/b\\c", "ü 畳 🧵"],
  ["~", "~~", "~run", "~constant/0", "output/loss", "assigned/c", "constant/0", "Conv/0", "x".repeat(3000)],
  ["c", "c.weight", "c.weight.velocity", "c.bias", "c.mask", "c.mask.mask", "c.weighted", "c.gradient", "c#2"],
];

const PLAIN = ["conv1", "relu1", "pool1", "conv2", "relu2", "flatten", "dense3", "drop3", "dense4"] as const;

function modelNamed(names: readonly string[]) {
  // As many as there are layers.
  const [conv1, relu1, pool1, conv2, relu2, flat, dense3, drop3, dense4] = names as readonly string[] & typeof PLAIN;
  return defineModel({
    name: "names",
    inputShape: [2, 8, 8],
    layers: [
      conv2d(conv1, { filters: 3, kernel: 3 }),
      relu(relu1),
      maxPool(pool1, { window: 2 }),
      conv2d(conv2, { filters: 2, kernel: 2 }),
      relu(relu2),
      flatten(flat),
      dense(dense3, { units: 5 }),
      dropout(drop3),
      dense(dense4, { units: 4 }),
    ],
  });
}

const operations = kindsOf(trainingProgram(modelNamed(PLAIN), 2, paperSgd).program);

/** Level 1: names are only names. A training gives the same bits whatever its layers are called. */
export const nameChecks: readonly Check[] = AWKWARD.map((names) => ({
  id: `lifecycle/layers may be called ${JSON.stringify(names[0])} and the like`,
  level: 1,
  operations,
  work: 0,
  async run({ backend }) {
    const [plain, awkward] = [await train(backend, PLAIN), await train(backend, names)];
    for (const [position, values] of plain.entries()) {
      const found = awkward[position] ?? [];
      if (values.length !== found.length || values.some((value, index) => value !== found[index])) {
        throw new ConformanceError(
          `A training gives other numbers when its layers are called ${JSON.stringify(names)}.`,
        );
      }
    }
    return [];
  },
}));

/** Two steps; the outputs, and what the variables became, in the order of the program. */
async function train(backend: Backend, names: readonly string[]): Promise<readonly Tensor["data"][]> {
  const { program } = trainingProgram(modelNamed(names), 2, paperSgd);
  const drawn = (shapes: typeof program.inputs): TensorMap =>
    Object.fromEntries(
      Object.entries(shapes).map(([name, shape], index) => [
        name,
        { shape, data: uniform({ seed: index, purpose: "names" }, sizeOf(shape)) },
      ]),
    );
  const executable = await backend.compile(program);
  const variables = await backend.createVariables(drawn(program.variables));
  try {
    const feed = drawn(program.inputs);
    const results = await executable.run(variables, [feed, feed]);
    const read = await variables.read();
    const values = [...results, Object.fromEntries(Object.keys(program.variables).map((name) => [name, read[name]]))];
    return values.flatMap((map) => Object.values(map).map((tensor) => tensor?.data ?? new Float32Array()));
  } finally {
    await variables.dispose();
    await executable.dispose();
  }
}
