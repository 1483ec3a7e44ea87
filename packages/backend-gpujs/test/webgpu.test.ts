import { conformance } from "@alexnet/conformance/vitest";
import { BackendUnavailableError } from "@alexnet/core";
import { describe, it } from "vitest";
import { gpujsBackend, knownFailures } from "../src/index.js";

// Each of gpu.js's shaders is compiled but once: of two software drivers the one that compiles faster is the faster one.
if (process.env.ALEXNET_SWIFTSHADER) process.env.VK_DRIVER_FILES = process.env.ALEXNET_SWIFTSHADER;

const create = () => gpujsBackend({ device: "webgpu" });
const missing = await create().then(
  async (backend) => backend.dispose().then(() => undefined),
  (error: Error) => {
    if (error instanceof BackendUnavailableError) return error.message;
    throw error;
  },
);

if (missing === undefined) {
  conformance({ name: "gpujs:webgpu", create, mostWork: 1e8, expectations: knownFailures.webgpu ?? [] });
} else {
  describe("gpujs:webgpu", () => {
    it("conforms", (context) => context.skip(missing));
  });
}
