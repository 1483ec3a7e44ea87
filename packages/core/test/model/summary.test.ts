import { describe, expect, it } from "vitest";
import { alexnetD2l, formatSummary, gradientProgram, lenet5, operationCosts, summarize } from "../../src/index.js";

describe("summarize", () => {
  it("counts the multiply-adds of a forward pass", () => {
    expect(summarize(alexnetD2l()).multiplyAdds).toBe(938_146_176);
    expect(summarize(alexnetD2l(), 3).multiplyAdds).toBe(3 * 938_146_176);
  });

  it("counts them by layer", () => {
    const { layers } = summarize(lenet5());
    const costs = Object.fromEntries(
      layers.filter(({ multiplyAdds }) => multiplyAdds > 0).map((l) => [l.name, l.multiplyAdds]),
    );
    expect(costs).toEqual({
      conv1: 6 * 28 * 28 * 25,
      conv2: 16 * 10 * 10 * 6 * 25,
      fc3: 400 * 120,
      fc4: 120 * 84,
      fc5: 84 * 10,
    });
  });
});

describe("operationCosts", () => {
  it("counts each gradient like its operation, so a step costs three forward passes less the gradient of the images", () => {
    const { program } = gradientProgram(alexnetD2l(), 1);
    const total = [...operationCosts(program).values()].reduce((sum, cost) => sum + cost, 0);
    const conv1 = 96 * 54 * 54 * 121;
    expect(total).toBe(3 * 938_146_176 - conv1);
  });
});

describe("formatSummary", () => {
  it("is a table", () => {
    expect(formatSummary(summarize(lenet5(), 32))).toMatchInlineSnapshot(`
      "lenet5
      ──────────────────────────────────────────────────────────────
      layer     kind     output shape      parameters  multiply-adds
      ──────────────────────────────────────────────────────────────
      images             [32, 1, 28, 28]
      conv1     conv2d   [32, 6, 28, 28]          156      3,763,200
      sigmoid1  sigmoid  [32, 6, 28, 28]            –              –
      pool1     avgPool  [32, 6, 14, 14]            –              –
      conv2     conv2d   [32, 16, 10, 10]       2,416      7,680,000
      sigmoid2  sigmoid  [32, 16, 10, 10]           –              –
      pool2     avgPool  [32, 16, 5, 5]             –              –
      flatten   flatten  [32, 400]                  –              –
      fc3       dense    [32, 120]             48,120      1,536,000
      sigmoid3  sigmoid  [32, 120]                  –              –
      fc4       dense    [32, 84]              10,164        322,560
      sigmoid4  sigmoid  [32, 84]                   –              –
      fc5       dense    [32, 10]                 850         26,880
      ──────────────────────────────────────────────────────────────
      total                                    61,706     13,328,640"
    `);
  });
});
