import { conformance } from "@alexnet/conformance/vitest";
import { minimalBackend } from "../src/index.js";

// One function call a product is slow: the large models would take minutes.
conformance({ name: "minimal", create: async () => minimalBackend(), mostWork: 1e8 });
