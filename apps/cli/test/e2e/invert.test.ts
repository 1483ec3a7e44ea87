import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { alexnet, SMALL, temporaryFolder } from "./cli.js";

describe("predicting ink on paper with weights that saw light on black", () => {
  const folder = temporaryFolder();

  beforeAll(async () => {
    const trained = await alexnet(folder(), [...SMALL, "--epochs", "1", "--run-dir", "run"]);
    expect(trained.code).toBe(0);
    const example = sharp(join(folder(), "run", "example.png"));
    await example.clone().negate().toFile(join(folder(), "ink.png"));
  });

  const ask = (...words: readonly string[]) =>
    alexnet(folder(), ["predict", ...words, "--weights", "run", "--backend", "reference", "--json"]);

  it("says so, and turns it round when it is told to", async () => {
    const original = await ask(join("run", "example.png"));
    expect(original.stderr).toBe("");
    const ink = await ask("ink.png");
    expect(ink.stderr).toMatch(
      /^ink\.png is dark on light, and sample shows light on black: .*--invert turns it round\.\n$/,
    );
    const turned = await ask("ink.png", "--invert");
    expect(turned.stderr).toBe("");
    const [answers, others, wanted] = [turned, ink, original].map(({ stdout }) => JSON.parse(stdout)[0].classes);
    expect(answers).toEqual(wanted);
    expect(others).not.toEqual(wanted);
    expect((await ask("ink.png", "ink.png")).stderr).toMatch(/^2 pictures are dark on light/);
  });
});
