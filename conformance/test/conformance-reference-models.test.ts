import { referenceBackend } from "@alexnet/backend-reference";
import { conformance } from "../src/vitest.js";

conformance({ name: "reference", create: async () => referenceBackend(), levels: [5] });
