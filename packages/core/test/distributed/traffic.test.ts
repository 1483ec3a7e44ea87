import { describe, expect, it } from "vitest";
import { type Division, dividedTraining, type Traffic, trafficOf } from "../../src/distributed/index.js";
import { alexnet2012, paperSgd, parametersOf, sizeOf } from "../../src/index.js";

const BATCH = 128;
const model = alexnet2012();

function traffic(division: Division, ranks: number): readonly Traffic[] {
  const batchSize = BATCH * (division === "model" ? 1 : ranks);
  return trafficOf(dividedTraining(model, { batchSize, optimizer: paperSgd, division }, { rank: 0, size: ranks }));
}

const total = (all: readonly Traffic[]): number => all.reduce((sum, { bytes }) => sum + bytes, 0);
const parameters = parametersOf(model);
const size = (wanted: (layer: string) => boolean): number =>
  parameters.filter(({ layer }) => wanted(layer)).reduce((sum, { shape }) => sum + sizeOf(shape), 0);

describe("what ranks exchange in a step of the 2012 network", () => {
  it("are, between its towers, the maps and units that figure 2 of the paper has meet, and back their gradients", () => {
    // Kernels of conv3 and units of fc6, fc7 and fc8 see the other tower: its 128 maps of 13 x 13, 128 of 6 x 6, and twice 2048 units.
    const meeting = 128 * 13 * 13 + 128 * 6 * 6 + 2048 + 2048;
    const answers = 500;
    const all = traffic("model", 2);
    expect(all.map(({ kind }) => kind).toSorted()).toEqual([
      ...Array.from({ length: 5 }, () => "allgather"),
      ...Array.from({ length: 4 }, () => "reduceScatter"),
    ]);
    expect(total(all)).toBe(4 * BATCH * (2 * meeting + answers));
  });

  it.each([2, 8, 64])("are, of %i with shares of the data, the gradients of all parameters", (ranks) => {
    // The loss is exchanged too.
    expect(total(traffic("data", ranks))).toBeCloseTo((2 * 4 * (ranks - 1) * (size(() => true) + 1)) / ranks, 3);
  });

  it.each([2, 8])(
    "are, of %i with shares of the data and of the dense layers, what one weird trick has them exchange",
    (ranks) => {
      const images = BATCH * ranks;
      const convolutions = 2 * size((layer) => layer.startsWith("conv"));
      // Inputs of the dense layers forward and their gradients backward, and the answers.
      const dense = images * (2 * (9216 + 4096 + 4096) + 1000);
      expect(total(traffic("hybrid", ranks))).toBeCloseTo((4 * (ranks - 1) * (convolutions + dense)) / ranks, 3);
    },
  );
});
