import { holdToTheSuite } from "./conformance.js";

await holdToTheSuite("node-gpu");
