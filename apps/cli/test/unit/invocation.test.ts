import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { installAdvice, invocation, pathWord, quote } from "../../src/program/invocation.js";

const AWKWARD = [
  "runs/plain-1",
  "a b",
  "$HOME",
  "`id`",
  "it's",
  'a "b"',
  "back\\slash",
  "a;b&c|d",
  "*",
  "~",
  "!x",
  "new\nline",
  "ü",
];

describe("a word of a command that people copy", () => {
  it.for(AWKWARD)("%j comes out of a shell as it went in", (word, { skip }) => {
    skip(process.platform === "win32", "Windows has no sh");
    expect(execFileSync("sh", ["-c", `printf %s ${quote(word)}`]).toString()).toBe(word);
  });

  it("is left alone where no shell minds it", () => {
    expect(quote("runs/lenet5-sample-20261123-230102", "linux")).toBe("runs/lenet5-sample-20261123-230102");
    expect(quote("runs\\plain", "win32")).toBe("runs\\plain");
    expect(quote("C:\\my runs", "win32")).toBe('"C:\\my runs"');
  });

  it("is no flag where it is a path", () => {
    expect(pathWord("--run")).toBe("./--run");
    expect(pathWord("runs/one")).toBe("runs/one");
  });
});

describe("advice that can be followed as printed", () => {
  const project = resolve("home", "project");
  const installed = {
    project: join(project, "node_modules", ".bin", "alexnet"),
    npx: resolve("home", ".npm", "_npx", "0f3c", "node_modules", ".bin", "alexnet"),
    global: resolve("usr", "lib", "node_modules", "alexnet", "bin", "alexnet.js"),
    link: resolve("usr", "bin", "alexnet"),
    checkout: join(project, "apps", "cli", "bin", "alexnet.js"),
  };

  it.each([
    ["project", "npx alexnet"],
    ["npx", "npx alexnet"],
    ["global", "alexnet"],
    ["link", "alexnet"],
    ["checkout", `node ${quote(join("apps", "cli", "bin", "alexnet.js"))}`],
  ] as const)("calls the program of a %s as %s", (how, command) => {
    expect(invocation(installed[how], project)).toBe(command);
  });

  it("knows the project from a folder inside it", () => {
    expect(invocation(installed.project, join(project, "data", "raw"))).toBe("npx alexnet");
  });

  it.each([
    ["project", undefined],
    ["checkout", undefined],
    ["npx", "npx -p alexnet -p gpu.js -p webgpu alexnet"],
    ["global", "npm install --global --ignore-scripts gpu.js webgpu"],
    ["link", "npm install --global --ignore-scripts gpu.js webgpu"],
  ] as const)("adds packages to a %s by %s", (how, command) => {
    const advice = installAdvice(["gpu.js", "webgpu"], installed[how], project);
    if (command === undefined) expect(advice).toBeUndefined();
    else expect(advice).toContain(command);
  });
});
