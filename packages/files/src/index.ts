/**
 * Files that are whole or not there, downloads that go on where they stopped, locks between processes, and failures of the disk in
 * words.
 *
 * @module @alexnet/files
 */
export { cacheFolder } from "./cache-folder.js";
export { describeFailure, isDiskFull } from "./describe-failure.js";
export { downloadFile, type FileDownload } from "./download-file.js";
export { syncDirectory, type WriteFile, writeDurably } from "./durable.js";
export { isFolder, makeFolder } from "./folders.js";
export { isTaken, type Lock, type LockOwner, type TakenLock, tryLock } from "./lock.js";
export type { PartProgress } from "./part-progress.js";
export { readIfThere } from "./read-if-there.js";
export { readWhole } from "./read-whole.js";
export { withLock } from "./with-lock.js";
export { isPartial, writeWhole } from "./write-whole.js";
