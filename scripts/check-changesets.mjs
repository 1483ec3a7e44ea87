// Fails where a change that users notice brings no changeset (`changeset status`), except on the commit of a release, which
// has just used them up: there every changed package has another version than on the main branch.
import { spawnSync } from "node:child_process";

const git = (...words) => spawnSync("git", words, { encoding: "utf8" });

if (git("merge-base", "HEAD", "main").status !== 0) {
  console.log("Changesets not checked: this checkout has no main branch to compare with.");
} else if (/^\+ {2}"version"/m.test(git("diff", "main...HEAD", "--", "packages/core/package.json").stdout)) {
  console.log("Changesets not checked: these are the versions of a release.");
} else {
  const shell = process.platform === "win32";
  process.exitCode = spawnSync("npx", ["changeset", "status"], { stdio: "inherit", shell }).status ?? 1;
}
