export { type ReferenceBackendOptions, referenceBackend } from "./reference-backend.js";
