// Runs every check of levels 2 and 3 in a process of its own, for engines that a wrong call ends or corrupts:
//   node scripts/isolate.mjs @alexnet/backend-tfjs tfjsBackend '{"engine":"node"}' [text the check's id must hold]
// Prints the checks that failed or ended their process, and exits with 1 if there is one. Everything must be built.
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { checks, runConformance } from "../dist/index.js";

const [packageName, factory, options = "{}", text = ""] = process.argv.slice(2);
if (!packageName || !factory) {
  console.error("usage: node scripts/isolate.mjs <package> <factory> [options as JSON] [text]");
  process.exit(2);
}

const alone = process.env.ALEXNET_ISOLATED_CHECK;
if (alone === undefined) await isolateAll();
else await runAlone(alone);

async function runAlone(id) {
  const module = await import(packageName);
  const create = async () => module[factory](JSON.parse(options));
  for await (const { status, reason } of runConformance({
    create,
    checks: checks.filter((check) => check.id === id),
  })) {
    if (status === "failed") console.log(reason);
    process.exitCode = status === "failed" ? 1 : 0;
  }
}

async function isolateAll() {
  const wanted = checks.filter(({ id, level }) => (level === 2 || level === 3) && id.includes(text));
  let [next, bad] = [0, 0];
  const worker = async () => {
    while (next < wanted.length) {
      const { id } = wanted[next++];
      const { code, signal, output } = await run(id);
      if (process.stderr.isTTY) process.stderr.write(`\r${next} of ${wanted.length}`);
      if (code === 0) continue;
      bad++;
      console.log(`${id}: ${signal ? `ended by ${signal}` : `exit ${code}`}. ${output.trim()}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  console.log(`${wanted.length} checks, each in a process of its own; ${bad} failed or ended it.`);
  process.exitCode = bad > 0 ? 1 : 0;
}

function run(id) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
      env: { ...process.env, ALEXNET_ISOLATED_CHECK: id },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let output = "";
    child.stdout.on("data", (data) => {
      output += data;
    });
    child.on("close", (code, signal) => resolve({ code, signal, output }));
  });
}
