import { onnxBackend } from "@alexnet/backend-onnx";
import { referenceBackend } from "@alexnet/backend-reference";
import { type Backend, operationKinds, type TensorMap } from "@alexnet/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { operationCases } from "../src/operations/cases.js";
import { runOperations } from "../src/operations/compare.js";

it("covers every operation there is", () => {
  expect(new Set(operationCases.flatMap(({ kinds }) => kinds))).toEqual(new Set(operationKinds));
});

describe("onnx:cpu computes what the reference defines", () => {
  const reference = referenceBackend();
  let backend: Backend;
  beforeAll(async () => {
    backend = await onnxBackend();
  });
  afterAll(async () => {
    await backend.dispose();
    await reference.dispose();
  });

  it.each(operationCases.map((operationCase) => [operationCase.name, operationCase] as const))(
    "%s",
    async (_, operationCase) => {
      const expected = await runOperations(operationCase, reference, 1);
      const actual = await runOperations(operationCase, backend, 1);
      for (const [name, { shape, data }] of Object.entries(expected) as [string, TensorMap[string]][]) {
        const found = actual[name] as TensorMap[string];
        expect(found.shape, name).toEqual(shape);
        const largest = Math.max(...Array.from(data, Math.abs));
        const errors = Array.from(data, (value, index) => Math.abs(value - (found.data[index] as number)) / largest);
        expect(
          errors.findIndex((error) => !(error <= 2e-6)),
          `${name}: ${Math.max(...errors)}`,
        ).toBe(-1);
      }
    },
  );
});
