// Removes the given folders. tsc never deletes the output of a source file that is gone, and a stale module in dist
// would be published. A script, because npm runs package scripts in cmd.exe on Windows, which has no rm.
import { rmSync } from "node:fs";

for (const folder of process.argv.slice(2)) {
  rmSync(folder, { recursive: true, force: true });
}
