import { holdToTheSuite } from "./conformance.js";

await holdToTheSuite("wasm");
