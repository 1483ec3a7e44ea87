import { BackendUnavailableError } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { nodeGpuEngine } from "../src/engines/node.js";
import type { TensorFlowAddon } from "../src/libtensorflow/addon.js";
import { loads, missingGpu } from "../src/libtensorflow/cuda.js";

describe("tfjs:node-gpu without a GPU", () => {
  it("is an error, though the addon would compute on the CPU", async () => {
    const addon = { isUsingGpuDevice: () => false, TF_Version: "2.9.1" } as TensorFlowAddon;
    await expect(nodeGpuEngine(() => ({ addon, version: "4.22.0" }))).rejects.toThrow(BackendUnavailableError);
  });

  it("names the libraries that are missing", () => {
    expect(missingGpu(["libcudart.so.11.0", "libcudnn.so.8"]).message).toMatch(
      /these libraries are missing or do not load: libcudart\.so\.11\.0, libcudnn\.so\.8\..*ask for tfjs:node/,
    );
    expect(missingGpu([]).message).toMatch(/all libraries of CUDA 11 load, but TensorFlow sees no GPU/);
  });

  it("tells a library that loads from one that is not there", ({ skip }) => {
    skip(process.platform !== "linux", "libraries are called otherwise elsewhere");
    expect(loads("libm.so.6")).toBe(true);
    expect(loads("libcudart.so.0.0")).toBe(false);
  });
});
