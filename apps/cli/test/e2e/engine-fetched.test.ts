import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { alexnet, type Outcome, temporaryFolder } from "./cli.js";

const engine = dirname(createRequire(import.meta.url).resolve("onnxruntime-node/package.json"));

/** For the program: npm has left ONNX Runtime out, as it does where the install script fails. */
const LEFT_OUT = `
import { register } from "node:module";
register("data:text/javascript," + encodeURIComponent(\`export async function resolve(name, context, next) {
  if (name !== "onnxruntime-node" || !context.parentURL?.includes("/dist/")) return next(name, context);
  throw Object.assign(new Error("Cannot find package 'onnxruntime-node'"), { code: "ERR_MODULE_NOT_FOUND" });
}\`));
`;

/** In npm's place: puts the engine that is here into the folder that \`--prefix\` names, and writes down that it was asked. */
const NPM = `
const { appendFileSync, mkdirSync, symlinkSync } = require("node:fs");
const { join } = require("node:path");
const words = process.argv.slice(2);
appendFileSync(join(__dirname, "calls"), words.join(" ") + "\\n");
if (!words.includes("--ignore-scripts")) process.exit(9);
const modules = join(words[words.indexOf("--prefix") + 1], "node_modules");
mkdirSync(modules);
symlinkSync(${JSON.stringify(engine)}, join(modules, "onnxruntime-node"), "junction");
`;

describe("where npm left ONNX Runtime out", () => {
  const folder = temporaryFolder();
  const train = ["train", "--model", "lenet5", "--limit-train", "20", "--limit-test", "10", "--epochs", "1", "--quiet"];
  let environment: Record<string, string>;
  const run = (npm: string, ...words: readonly string[]): Promise<Outcome> =>
    alexnet(folder(), words, { ...environment, npm_execpath: join(folder(), npm, "npm-cli.js") });

  beforeAll(() => {
    const preload = join(folder(), "left-out.mjs");
    writeFileSync(preload, LEFT_OUT);
    for (const [name, code] of [
      ["working", NPM],
      ["failing", "console.error('npm error the registry cannot be reached'); process.exit(1);"],
    ] as const) {
      mkdirSync(join(folder(), name));
      writeFileSync(join(folder(), name, "npm-cli.js"), code);
    }
    environment = {
      NODE_OPTIONS: `--import ${pathToFileURL(preload)}`,
      XDG_CACHE_HOME: join(folder(), "cache"),
      HOME: folder(),
    };
  });

  it("looking at the backends fetches nothing and says what will", async () => {
    const { stdout } = await run("working", "backends");
    expect(stdout.replace(/\s+/g, " ")).toContain(
      "The first training, evaluation or prediction with onnx:cpu fetches it",
    );
    expect(readdirSync(join(folder(), "working"))).toEqual(["npm-cli.js"]);
  });

  it("a registry that cannot be reached ends in a sentence with the way out, and leaves nothing behind", async () => {
    const { code, stderr } = await run("failing", ...train, "--backend", "onnx:cpu");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: ONNX Runtime is not installed, and could not be fetched: npm ended with 1/m);
    expect(stderr).toContain("npm error the registry cannot be reached");
    expect(stderr).toContain("npm install --ignore-scripts onnxruntime-node");
    expect(stderr).not.toContain("unexpected");
    expect(readdirSync(join(folder(), "cache", "alexnet"))).toEqual([]);
  });

  it("two trainings at once fetch it without its install script, and the next one finds it", async () => {
    const both = await Promise.all([run("working", ...train), run("working", ...train)]);
    for (const { code, stderr } of both) {
      expect(stderr).toContain("Fetching ONNX Runtime 1.");
      expect(code).toBe(0);
    }
    expect(readdirSync(join(folder(), "cache", "alexnet"))).toHaveLength(1);
    const { code, stderr } = await run("failing", ...train);
    expect(code).toBe(0);
    expect(stderr).not.toContain("Fetching");
  });
});
