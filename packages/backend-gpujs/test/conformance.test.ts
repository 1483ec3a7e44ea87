import { conformance } from "@alexnet/conformance/vitest";
import { gpujsBackend } from "../src/index.js";

conformance({ name: "gpujs:webasm", create: () => gpujsBackend({ device: "webasm" }), mostWork: 3e8 });
conformance({ name: "gpujs:cpu", create: () => gpujsBackend({ device: "cpu" }), mostWork: 3e7 });
