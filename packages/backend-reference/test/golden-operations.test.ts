import type { Shape, Tensor, TensorMap } from "@alexnet/core";
import type { OperationAttributes, Padding, Pair } from "@alexnet/core/program";
import { describe, expect, it } from "vitest";
import { goldenJson, goldenTensors, relativeError } from "./golden.js";
import { apply, type Build, tensor64, withGradients } from "./helpers.js";

interface Attributes {
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
  readonly groups: number;
  readonly size: Pair;
}

interface Case {
  readonly name: string;
  readonly op: string;
  readonly attributes: Attributes;
  readonly tensors: Readonly<Record<string, { readonly name: string; readonly shape: Shape }>>;
}

const cases = goldenJson<readonly Case[]>("operations");
const tensors = goldenTensors("operations");

function bothSides([height, width]: Pair): Padding {
  return [height, width, height, width];
}

/** The operation of a case on the values x, w, b. */
function build({ op, attributes }: Case): Build | undefined {
  const { stride, padding, dilation, groups, size: window } = attributes;
  switch (op) {
    case "conv2d":
      return ({ apply }) => {
        const convolved = apply("conv2d", ["x", "w"], { stride, padding: bothSides(padding), dilation, groups });
        return apply("addBias", [convolved, "b"], {});
      };
    case "dense":
      return ({ apply }) => {
        const product = apply("matmul", ["x", "w"], { transposeA: false, transposeB: true });
        return apply("addBias", [product, "b"], {});
      };
    case "maxPool":
      return ({ apply }) => apply("maxPool", ["x"], { window, stride, padding: bothSides(padding) });
    case "avgPool":
      return ({ apply }) => apply("avgPool", ["x"], { window, stride });
    case "lrn":
      return ({ apply }) => apply("lrn", ["x"], attributes as unknown as OperationAttributes["lrn"]);
    case "relu":
    case "sigmoid":
    case "tanh":
      return ({ apply }) => apply(op, ["x"], {});
    default:
      return undefined;
  }
}

function tensorOf(golden: Case, role: string): Tensor {
  return tensors[golden.tensors[role]?.name ?? ""] as Tensor;
}

function oneHot(labels: Tensor, classes: number): Tensor {
  const rows = Array.from(labels.data, (label) => Array.from({ length: classes }, (_, k) => (k === label ? 1 : 0)));
  return tensor64([labels.data.length, classes], rows.flat());
}

describe("agrees with PyTorch in float64", () => {
  it.each(cases.filter(build))("$name: value and every gradient", async (golden) => {
    const operands = ["x", "w", "b"].filter((role) => role in golden.tensors);
    const inputs: TensorMap = Object.fromEntries(operands.map((role) => [role, tensorOf(golden, role)]));
    const results = await withGradients(inputs, build(golden) as Build, tensorOf(golden, "dy"));
    expect(relativeError(results.result, tensorOf(golden, "y"))).toBeLessThan(1e-12);
    for (const role of operands) {
      expect(relativeError(results[`d${role}`], tensorOf(golden, `d${role}`)), `d${role}`).toBeLessThan(1e-12);
    }
  });

  it.each(cases.filter(({ op }) => op === "softmax"))("$name", async (golden) => {
    const probabilities = await apply("softmax", [tensorOf(golden, "x")], {});
    expect(relativeError(probabilities, tensorOf(golden, "y"))).toBeLessThan(1e-12);
  });

  it.each(cases.filter(({ op }) => op === "softmaxCrossEntropy"))("$name: value and gradient", async (golden) => {
    const logits = tensorOf(golden, "x");
    const labels = oneHot(tensorOf(golden, "labels"), logits.shape[1] as number);
    const loss = await apply("softmaxCrossEntropy", [logits, labels], {});
    const gradient = await apply("softmaxCrossEntropyGrad", [logits, labels], {});
    expect(relativeError(loss, tensorOf(golden, "y"))).toBeLessThan(1e-12);
    expect(relativeError(gradient, tensorOf(golden, "dx"))).toBeLessThan(1e-12);
  });

  it("knows every kind of case there is", () => {
    const others = cases.filter((golden) => !build(golden)).map(({ op }) => op);
    expect(new Set(others)).toEqual(new Set(["softmax", "softmaxCrossEntropy"]));
  });
});
