import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ContenderError } from "../contender.js";

/** The PyTorch that results are compared with. */
const TORCH = "2.13.0";

/** The Python of the virtual environment that `setUpTorch` makes in this folder, if it is there. */
export function torchPython(folder: string): string | undefined {
  const python = pythonIn(folder);
  return existsSync(python) ? python : undefined;
}

/**
 * Makes a virtual environment with PyTorch in it: once, some minutes and a gigabyte or more. Throws `ContenderError` when
 * there is no Python 3 with venv, or the package index cannot be reached.
 */
export async function setUpTorch(folder: string, notice: (text: string) => void): Promise<string> {
  const python = pythonIn(folder);
  await mkdir(dirname(folder), { recursive: true });
  notice("Making a virtual environment …");
  await run(process.platform === "win32" ? "python" : "python3", ["-m", "venv", folder]);
  notice(`Fetching PyTorch ${TORCH} …`);
  await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `torch==${TORCH}`, "numpy"]);
  return python;
}

function pythonIn(folder: string): string {
  return process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
}

function run(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-2000);
  });
  const line = [command, ...args].join(" ");
  return new Promise((resolve, reject) => {
    child.on("error", (cause) => reject(new ContenderError(`"${line}" does not start: ${cause.message}`, { cause })));
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new ContenderError(`"${line}" ended with ${code}: ${said.trim()}`));
    });
  });
}
