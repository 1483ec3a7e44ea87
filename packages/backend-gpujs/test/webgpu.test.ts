import { conformance } from "@alexnet/conformance/vitest";
import { BackendUnavailableError } from "@alexnet/core";
import { describe, it } from "vitest";
import { gpujsBackend } from "../src/index.js";

const create = () => gpujsBackend({ mode: "webgpu" });
const missing = await create().then(
  async (backend) => backend.dispose().then(() => undefined),
  (error: Error) => {
    if (error instanceof BackendUnavailableError) return error.message;
    throw error;
  },
);

if (missing === undefined) {
  const past = ["operations", "gradients"].map((level) => ({
    check: `${level}/conv2d 1x1 past 2^24 elements`,
    reason: "gpu.js computes the 8,410,000 pixels along one axis, and WebGPU's workgroups reach to 524,280 there.",
    issue: "gpu.js backend: webgpu, headlessgl, webasm, cpu",
  }));
  conformance({ name: "gpujs:webgpu", create, mostWork: 1e8, expectations: past });
} else {
  describe("gpujs:webgpu", () => {
    it("conforms", (context) => context.skip(missing));
  });
}
