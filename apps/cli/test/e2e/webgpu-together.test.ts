import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("tfjs:webgpu and gpujs:webgpu compute side by side in one process, and let it end", async ({ skip }) => {
  const program = `
    import { tensor } from "@alexnet/core";
    import { programBuilder } from "@alexnet/core/program";
    import { tfjsBackend } from "@alexnet/backend-tfjs";
    import { gpujsBackend } from "@alexnet/backend-gpujs";
    const open = (create) => create({ device: "webgpu" }).catch(({ message }) => console.log("absent:", message));
    const backends = [await open(tfjsBackend), await open(gpujsBackend)];
    const builder = programBuilder("product");
    builder.input("a", [64, 64]);
    builder.output(builder.apply("matmul", ["a", "a"], { transposeA: false, transposeB: true }), "product");
    const product = async (backend) => {
      const executable = await backend.compile(builder.build());
      const [outputs] = await executable.run(await backend.createVariables({}), [{ a: tensor([64, 64], new Float32Array(4096).fill(0.5)) }]);
      return outputs.product.data[4095];
    };
    if (backends.every(Boolean)) {
      for (const backend of [...backends, ...backends]) console.log(await product(backend));
      await backends[0].dispose();
      console.log(await product(backends[1]));
      await backends[1].dispose();
    }`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], {
    cwd: new URL("../..", import.meta.url),
    timeout: 110_000,
  });
  if (stdout.startsWith("absent:")) skip(stdout.split("\n")[0]);
  expect(stdout).toBe("16\n".repeat(5));
});
