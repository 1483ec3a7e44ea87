import { conformance } from "@alexnet/conformance/vitest";
import { describeEngines } from "./engines.js";

/**
 * The most multiply-adds a check may take on engines for which a large model is minutes: plain JavaScript, and WebGPU on the
 * software adapter that tests can count on. What is skipped for it is skipped with that reason.
 */
const mostWork: Readonly<Record<string, number>> = { "tfjs:cpu": 5.75e9, "tfjs:webgpu": 5e8 };

describeEngines("is held to the suite", (create, name) => {
  conformance({ name, create, ...(mostWork[name] !== undefined && { mostWork: mostWork[name] }) });
});
