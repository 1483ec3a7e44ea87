import { referenceBackend } from "@alexnet/backend-reference";
import { operationCases, runOperations } from "@alexnet/conformance";
import { type Backend, operationKinds, type Tensor } from "@alexnet/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeEngines } from "./engines.js";

describeEngines("computes what the reference defines", (create) => {
  const reference = referenceBackend();
  let backend: Backend;
  beforeAll(async () => {
    backend = await create();
  });
  afterAll(async () => {
    await backend.dispose();
    await reference.dispose();
  });

  it("for every operation", () => {
    expect(new Set(backend.info.operations)).toEqual(new Set(operationKinds));
  });

  it.each(operationCases.map((operationCase) => [operationCase.name, operationCase] as const))(
    "%s",
    async (_, operationCase) => {
      const expected = await runOperations(operationCase, reference, 1);
      const actual = await runOperations(operationCase, backend, 1);
      for (const [name, { shape, data }] of Object.entries(expected)) {
        const found = actual[name] as Tensor;
        expect(found.shape, name).toEqual(shape);
        expect(found.data, name).toBeInstanceOf(Float32Array);
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
