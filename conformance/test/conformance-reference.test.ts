import { referenceBackend } from "@alexnet/backend-reference";
import { conformance } from "../src/vitest.js";

// The models have a file, and so a process, of their own: they take longer than all the rest.
conformance({ name: "reference", create: async () => referenceBackend(), levels: [1, 2, 3, 4, 6] });
