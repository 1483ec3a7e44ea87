import { conformance } from "@alexnet/conformance/vitest";
import { describeEngines } from "./engines.js";

describeEngines("is held to the suite", (create, name) => {
  conformance({ name, create });
});
