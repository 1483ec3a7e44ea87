import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { referenceBackend } from "@alexnet/backend-reference";
import { initialParameters, type Model, type Preprocessing, predict, type TensorMap } from "@alexnet/core";
import { uniform } from "@alexnet/core/random";
import { imageTensor } from "@alexnet/data";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateC } from "../src/index.js";
import { models } from "./models.js";

const STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g", "-O1", "-fsanitize=address,undefined"];
const FAST = ["-Wall", "-Wextra", "-Werror", "-O3"];

const compilers = ["gcc", "clang"].map((name) => ({ name, missing: whyMissing(name) }));

/** Why a compiler cannot be used here, sanitizers included; `undefined` when it can. */
function whyMissing(name: string): string | undefined {
  const source = "int main(void) { return 0; }\n";
  const made = join(tmpdir(), `alexnet-${name}-${process.pid}`);
  const { error, status, stderr } = spawnSync(name, [...STRICT, "-x", "c", "-", "-o", made], {
    input: source,
    encoding: "utf8",
  });
  rmSync(made, { force: true });
  if (error) return `${name} is not installed`;
  return status === 0 ? undefined : `${name} has no sanitizers here: ${stderr.split("\n")[0]}`;
}

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "alexnet-codegen-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A picture of noise, as a file and as an image. */
async function picture(name: string, width: number, height: number, channels: 1 | 3) {
  const noise = uniform({ seed: 3, purpose: name }, width * height * channels);
  const data = Uint8Array.from(noise, (value) => Math.floor(value * 256));
  const header = `P${channels === 3 ? 6 : 5}\n# noise\n${width} ${height}\n255\n`;
  const path = join(folder, name);
  await writeFile(path, Buffer.concat([Buffer.from(header), data]));
  return { path, image: { width, height, channels, data } };
}

async function generated(name: string, model: Model, parameters: TensorMap, preprocessing?: Preprocessing) {
  const at = await mkdtemp(join(folder, `${name}-`));
  const files = generateC(model, parameters, { preprocessing, classNames: ['"a"', "b\\??/", "größe"] });
  for (const file of files) await writeFile(join(at, file.name), Buffer.concat(file.chunks));
  const sources = files.filter((file) => file.name.endsWith(".c")).map((file) => file.name);
  const weights = files.find((file) => file.name.endsWith(".weights"))!.name;
  return { at, sources, weights: join(at, weights) };
}

function compile(compiler: string, words: readonly string[], at: string, sources: readonly string[]): string {
  const program = join(at, `classify-${compiler}-${words.includes("-O3") ? "fast" : "strict"}`);
  const { status, stderr } = spawnSync(compiler, [...words, ...sources, "-o", program], { cwd: at, encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return program;
}

/** How pictures are prepared for each model, so that every way is there. */
const preparations: Readonly<Record<string, Preprocessing>> = {
  lenet5: {},
  towers: { resizeMode: "center-crop", shorterSide: 24, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  gray: { resizeMode: "center-crop", range: 1, mean: [0.5], cropFrom: [40, 37] },
  flat: { cropFrom: [31, 40], range: 255, channelOrder: "bgr", mean: [104.25, 116.5, 122], std: [128, 127, 126] },
};

describe.each(compilers)(
  "$name compiles, without a warning and with its sanitizers,",
  ({ name: compiler, missing }) => {
    it.for(Object.entries(models))("%s, which answers as the reference does", async ([name, model], context) => {
      context.skip(missing !== undefined, missing);
      const parameters = initialParameters(model, 5);
      const preprocessing = preparations[name]!;
      const { at, sources, weights } = await generated(name, model, parameters, preprocessing);
      const programs = [compile(compiler, STRICT, at, sources), compile(compiler, FAST, at, sources)];
      const backend = await referenceBackend();
      for (const given of [
        await picture("wide.ppm", 61, 40, 3),
        await picture("tall.ppm", 17, 33, 3),
        await picture("gray.pgm", 50, 30, 1),
      ]) {
        const [channels, ...size] = model.inputShape;
        const images = imageTensor(given.image, { ...preprocessing, size, channels: channels as 1 | 3 });
        const { logits } = await predict({ model, backend, parameters, images });
        const scale = Math.max(...Array.from(logits.data, Math.abs));
        for (const program of programs) {
          const { status, stdout, stderr } = spawnSync(program, ["--logits", given.path, weights], {
            encoding: "utf8",
          });
          expect(stderr).toBe("");
          expect(status).toBe(0);
          const answer = stdout.trim().split("\n").map(Number);
          expect(answer.length).toBe(model.classes);
          for (const [index, value] of answer.entries()) {
            expect(Math.abs(value - logits.data[index]!)).toBeLessThan(1e-5 * scale + 1e-7);
          }
        }
      }
    });

    it("a program that takes a mean image off", async (context) => {
      context.skip(missing !== undefined, missing);
      const model = models.towers!;
      const parameters = initialParameters(model, 5);
      const data = uniform({ seed: 4, purpose: "mean" }, 3 * 25 * 24).map((value) => 255 * value);
      const preprocessing = { range: 255, meanImage: { shape: [3, 25, 24], data } } as const;
      const { at, sources, weights } = await generated("mean", model, parameters, preprocessing);
      const { path, image } = await picture("mean.ppm", 30, 28, 3);
      const images = imageTensor(image, { ...preprocessing, size: [21, 19], channels: 3 });
      const { logits } = await predict({ model, parameters, images, backend: await referenceBackend() });
      const program = compile(compiler, STRICT, at, sources);
      const { stdout } = spawnSync(program, ["--logits", path, weights], { encoding: "utf8" });
      const scale = Math.max(...Array.from(logits.data, Math.abs));
      for (const [index, value] of stdout.trim().split("\n").map(Number).entries()) {
        expect(Math.abs(value - logits.data[index]!)).toBeLessThan(1e-5 * scale);
      }
    });

    it("a program that tells the most likely classes by their names", async (context) => {
      context.skip(missing !== undefined, missing);
      const model = models.gray!;
      const { at, sources, weights } = await generated("told", model, initialParameters(model, 5));
      const { path } = await picture("told.pgm", 20, 20, 1);
      const { stdout } = spawnSync(compile(compiler, STRICT, at, sources), [path, weights], { encoding: "utf8" });
      const lines = stdout.trim().split("\n");
      expect(lines.map((line) => line.replace(/^ *[\d.]+ % {2}/, "")).sort()).toEqual(
        ['"a"', "b\\??/", "größe"].sort(),
      );
      const shares = lines.map((line) => Number.parseFloat(line));
      expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(100, 0);
      expect(shares).toEqual(shares.toSorted((a, b) => b - a));
    });

    it("a program that refuses what it cannot read, and says why", async (context) => {
      context.skip(missing !== undefined, missing);
      const model = models.gray!;
      const { at, sources, weights } = await generated("refused", model, initialParameters(model, 5));
      const other = await generated("other", models.flat!, {});
      const program = compile(compiler, STRICT, at, sources);
      const { path } = await picture("fine.pgm", 20, 20, 1);
      const bad = async (name: string, text: string): Promise<string> => {
        await writeFile(join(at, name), text, "latin1");
        return join(at, name);
      };
      const short = join(at, "short.weights");
      await writeFile(short, Buffer.concat(generateC(model, initialParameters(model, 5)).at(-1)!.chunks));
      await truncate(short, 100);
      for (const [words, message] of [
        [[], /^usage: /],
        [[path, weights, "more"], /^usage: /],
        [[path, join(at, "none")], /none: it cannot be opened/],
        [[path, path], /fine\.pgm: it is no file of weights/],
        [[path, other.weights], /it is not of this model/],
        [[path, short], /short\.weights: it is truncated/],
        [[join(at, "none.ppm"), weights], /none\.ppm: it cannot be opened/],
        [[await bad("empty", ""), weights], /empty: it is no PPM/],
        [[await bad("png", "\x89PNG and so on"), weights], /png: it is no PPM/],
        [[await bad("deep", "P6 2 2 65535 "), weights], /deep: it does not have 8 bits/],
        [[await bad("large", "P6 99999 99999 255 "), weights], /large: its size is out of range/],
        [[await bad("negative", "P6 -1 2 255 "), weights], /negative: its size is out of range/],
        [[await bad("short", "P6 2 2 255 abc"), weights], /short: it is truncated/],
      ] as const) {
        const { status, stdout, stderr } = spawnSync(program, words, { encoding: "utf8" });
        expect(stderr).toMatch(message);
        expect(stdout).toBe("");
        expect(status).toBe(/^usage/.test(stderr) ? 2 : 1);
      }
    });
  },
);
