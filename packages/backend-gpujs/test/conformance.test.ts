import { conformance } from "@alexnet/conformance/vitest";
import { gpujsBackend } from "../src/index.js";

conformance({ name: "gpujs:webasm", create: () => gpujsBackend({ mode: "webasm" }), mostWork: 3e8 });
conformance({ name: "gpujs:cpu", create: () => gpujsBackend({ mode: "cpu" }), mostWork: 3e7 });
