import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { fileServer, sendingOnly, serving } from "../../files/test/file-server.js";
import { downloadPublished } from "../src/download/download-published.js";
import { builtModule, temporaryDirectory } from "./helpers.js";
import { tinyFiles, tinyManifest } from "./tiny.js";

const large = Buffer.concat(
  Array.from({ length: 10_000 }, (_, index) => createHash("sha256").update(`${index}`).digest()),
);
const files = { ...tinyFiles, "train-images.gz": large };
const manifest = tinyManifest(files);
const { images } = manifest.splits.train;

/** A process that downloads the images. */
function downloading(directory: string, mirror: string): ChildProcess {
  const words = [manifest, [images], { directory, mirrors: [mirror] }].map((word) => JSON.stringify(word));
  const program = `
    const { downloadPublished } = await import(${JSON.stringify(builtModule("download/download-published.js").href)});
    await downloadPublished(${words.join(", ")});`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

async function endOf(child: ChildProcess): Promise<{ readonly code: number | null; readonly stderr: string }> {
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, stderr };
}

describe("several processes that download into one folder", () => {
  it("fetch a file once, and all have it", async () => {
    // In pieces, so that they meet.
    const { address, requests } = await fileServer(async (response) => {
      response.writeHead(200, { "content-length": large.byteLength });
      for (let at = 0; at < large.byteLength; at += 32_000) {
        response.write(large.subarray(at, at + 32_000));
        await sleep(100);
      }
      response.end();
    });
    const directory = await temporaryDirectory();
    const ends = await Promise.all(Array.from({ length: 4 }, () => endOf(downloading(directory, address))));
    expect(ends).toEqual(Array(4).fill({ code: 0, stderr: "" }));
    expect(requests).toEqual(["/train-images.gz"]);
    expect(await readdir(directory)).toEqual(["train-images.gz"]);
    expect((await readFile(join(directory, "train-images.gz"))).equals(large)).toBe(true);
  });

  it("do not wait for one that was killed, and go on where it stopped", async () => {
    const stuck = await fileServer(sendingOnly(100_000, large));
    const working = await fileServer(serving(files));
    const directory = await temporaryDirectory();
    const killed = downloading(directory, stuck.address);
    while ((await readFile(join(directory, "train-images.gz.part")).catch(() => "")).length < 100_000) await sleep(50);
    killed.kill("SIGKILL");
    const ends = await Promise.all(Array.from({ length: 3 }, () => endOf(downloading(directory, working.address))));
    expect(ends).toEqual(Array(3).fill({ code: 0, stderr: "" }));
    expect(working.requests).toEqual(["/train-images.gz bytes=100000-"]);
    expect(await readdir(directory)).toEqual(["train-images.gz"]);
  });

  it("tell how far the other is, and stop waiting when they are told to", async () => {
    const stuck = await fileServer(sendingOnly(100_000, large));
    const directory = await temporaryDirectory();
    downloading(directory, stuck.address);
    while ((await readFile(join(directory, "train-images.gz.part")).catch(() => "")).length < 100_000) await sleep(50);
    const stopping = new AbortController();
    const told: number[] = [];
    const waiting = downloadPublished(manifest, [images], {
      directory,
      mirrors: [stuck.address],
      signal: stopping.signal,
      onProgress({ bytes }) {
        told.push(bytes);
        stopping.abort(new Error("enough"));
      },
    });
    await expect(waiting).rejects.toThrow("enough");
    expect(told).toEqual([100_000]);
    expect((await readdir(directory)).sort()).toEqual(["train-images.gz.lock", "train-images.gz.part"]);
  });
});

it("a lock that cannot be written is a sentence", async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, "file"), "");
  const options = { directory: join(directory, "file", "below"), mirrors: ["http://127.0.0.1:1/"] };
  await expect(downloadPublished(manifest, [images], options)).rejects.toThrow("Cannot make the folder");
});
