import { readFileSync } from "node:fs";
import {
  gradientProgram,
  initialParameters,
  lenet5,
  optimizerStart,
  paperSgd,
  sizeOf,
  type TensorMap,
  trainingProgram,
} from "@alexnet/core";
import { operationKinds, programBuilder } from "@alexnet/core/program";
import { uniform } from "@alexnet/core/random";
import { describe, expect, it } from "vitest";
import { referenceBackend } from "../src/index.js";
import { tensor64 } from "./helpers.js";

/** Numbers for every input of a program. */
function feedFor(inputs: Readonly<Record<string, readonly number[]>>, step = 0): TensorMap {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, shape]) => [
      name,
      { shape, data: uniform({ seed: 1, purpose: name, step }, sizeOf(shape)) },
    ]),
  );
}

const identity = (() => {
  const builder = programBuilder("identity");
  builder.output(builder.apply("reshape", [builder.input("x", [2])], { shape: [2] }), "y");
  return builder.build();
})();

describe("referenceBackend", () => {
  it("says what it is, in the version of its package", () => {
    const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    expect(referenceBackend().info).toMatchObject({
      name: "reference",
      engine: "typescript",
      precision: "float64",
      version,
    });
  });

  it("has every operation", () => {
    expect(referenceBackend().info.operations).toEqual(operationKinds);
  });

  it("computes in float64, whatever it is given", async () => {
    const backend = referenceBackend();
    const executable = await backend.compile(identity);
    const none = await backend.createVariables({});
    const [exact, rounded] = await executable.run(none, [
      { x: tensor64([2], [0.1, 1 / 3]) },
      { x: { shape: [2], data: Float32Array.of(0.1, 1 / 3) } },
    ]);
    expect(exact?.y?.data).toEqual(Float64Array.of(0.1, 1 / 3));
    expect(rounded?.y?.data).toEqual(Float64Array.of(Math.fround(0.1), Math.fround(1 / 3)));
  });

  it("copies what it is given and what it gives back", async () => {
    const backend = referenceBackend();
    const given = tensor64([2], [1, 2]);
    const variables = await backend.createVariables({ v: given });
    given.data[0] = 99;
    const read = await variables.read();
    expect(read.v?.data).toEqual(Float64Array.of(1, 2));
    (read.v?.data as Float64Array)[1] = 99;
    expect((await variables.read()).v?.data).toEqual(Float64Array.of(1, 2));

    const x = tensor64([2], [3, 4]);
    const [outputs] = await (await backend.compile(identity)).run(variables, [{ x }]);
    expect(outputs?.y?.data).not.toBe(x.data);
  });

  it("gives the same bits every time", async () => {
    const { program } = gradientProgram(lenet5(), 2);
    const run = async (): Promise<TensorMap> => {
      const backend = referenceBackend();
      const variables = await backend.createVariables(initialParameters(lenet5(), 1));
      const [outputs] = await (await backend.compile(program)).run(variables, [feedFor(program.inputs)]);
      return outputs as TensorMap;
    };
    expect(await run()).toEqual(await run());
  });
});

describe("allocations", () => {
  it("are no more buffers after training steps than before, and none in the end", async () => {
    const backend = referenceBackend();
    const model = lenet5();
    const { program, parameters } = trainingProgram(model, 2, paperSgd);
    const variables = await backend.createVariables({
      ...initialParameters(model, 1),
      ...optimizerStart(paperSgd, parameters),
    });
    expect(backend.allocations?.()).toBe(2 * parameters.length);
    const executable = await backend.compile(program);
    for (let step = 0; step < 3; step++) {
      await executable.run(variables, [feedFor(program.inputs, step), feedFor(program.inputs, step)]);
      expect(backend.allocations?.()).toBe(2 * parameters.length);
    }
    await backend.dispose();
    expect(backend.allocations?.()).toBe(0);
  });
});
