// Builds the packages that the given one needs, then that one, and says nothing unless it fails.
// `npm start` shows a training, not a build.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const turbo = fileURLToPath(new URL("turbo.mjs", import.meta.url));
const build = spawnSync(process.execPath, [turbo, "run", "build", `--filter=${process.argv[2]}`], { encoding: "utf8" });
if (build.status !== 0) {
  console.error(build.stdout + build.stderr);
  process.exit(1);
}
