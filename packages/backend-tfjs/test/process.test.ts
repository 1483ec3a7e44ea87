import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { startWasmModule } from "../src/tfjs-kernels/wasm-module.js";
import { describeEngines } from "./engines.js";

const run = promisify(execFile);

/** Runs a module in a process of its own, over the built package, and returns what it prints. */
async function inProcess(code: string): Promise<string> {
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", code], {
    cwd: new URL("..", import.meta.url),
    timeout: 110_000,
  });
  return stdout;
}

await describeEngines("lets the process exit", (_, name) => {
  const engine = name.slice("tfjs:".length);
  const compute = `
    import { tensor } from "@alexnet/core";
    import { programBuilder } from "@alexnet/core/program";
    import { tfjsBackend } from "@alexnet/backend-tfjs";
    const backend = await tfjsBackend({ device: "${engine}" });
    const builder = programBuilder("product");
    builder.input("a", [64, 64]);
    builder.output(builder.apply("matmul", ["a", "a"], { transposeA: false, transposeB: true }), "product");
    const executable = await backend.compile(builder.build());
    const variables = await backend.createVariables({});
    const a = tensor([64, 64], new Float32Array(4096).fill(0.5));
    const [{ product }] = await executable.run(variables, [{ a }]);
    console.log(product.data[4095]);
  `;
  it("after dispose", async () => {
    expect(await inProcess(`${compute}\nawait backend.dispose();`)).toBe("16\n");
  });
  it("without dispose", async () => {
    expect(await inProcess(compute)).toBe("16\n");
  });
});

it("tfjs:node has one number of threads a process, and refuses another", async ({ skip }) => {
  const code = `
    import { tfjsBackend } from "@alexnet/backend-tfjs";
    const print = ({ code, message }) => console.log(code, message);
    const open = async (options) => (await tfjsBackend({ device: "node", ...options })).info.details.threads;
    await open({ threads: 3 }).then(console.log, ({ message }) => console.log("absent:", message));
    await open({}).then(console.log, print);
    await open({ threads: 2 }).catch(print);`;
  const printed = await inProcess(code);
  if (printed.startsWith("absent:")) skip(printed.split("\n")[0]);
  expect(printed).toMatch(/^3\n3\nBACKEND_UNAVAILABLE libtensorflow runs on 3 threads.*TF_NUM_INTRAOP_THREADS=2/);
});

it("tfjs:node computes again in the memory that it has freed", async ({ skip }) => {
  // 64 MB in between, from and to a few kilobytes.
  const code = `
    import { tensor } from "@alexnet/core";
    import { programBuilder } from "@alexnet/core/program";
    import { tfjsBackend } from "@alexnet/backend-tfjs";
    const backend = await tfjsBackend({ device: "node" }).catch(({ message }) => console.log("absent:", message));
    if (!backend) process.exit();
    const { apply, build, input, output } = programBuilder("there and back");
    input("a", [4096, 1]);
    const wide = apply("matmul", ["a", "a"], { transposeA: false, transposeB: true });
    output(apply("matmul", [wide, "a"], { transposeA: false, transposeB: false }), "product");
    const executable = await backend.compile(build());
    const variables = await backend.createVariables({});
    const a = tensor([4096, 1], new Float32Array(4096).fill(1));
    const step = () => executable.run(variables, [{ a }]);
    for (let warming = 0; warming < 2; warming++) await step();
    const before = process.resourceUsage().minorPageFault;
    for (let steps = 0; steps < 4; steps++) await step();
    console.log((process.resourceUsage().minorPageFault - before) * 4096 / 2 ** 20);`;
  const printed = await inProcess(code);
  if (printed.startsWith("absent:")) skip(printed.split("\n")[0]);
  expect(Number(printed)).toBeLessThan(4 * 64 * 0.5);
});

it("starting the threads of tfjs:wasm leaves no listener and no global behind", async () => {
  const events = ["uncaughtException", "unhandledRejection", "exit"];
  const traces = () => [
    events.map((event) => process.listeners(event as "exit").length),
    Object.getOwnPropertyNames(globalThis),
    Object.getOwnPropertyDescriptor(globalThis, "Worker"),
  ];
  const before = traces();
  const module = await startWasmModule(2);
  try {
    expect(traces()).toEqual(before);
  } finally {
    await Promise.all(module.PThread.unusedWorkers.map((worker) => worker.terminate()));
  }
});
