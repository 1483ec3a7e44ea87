import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileServer, sendingOnly, serving } from "../../../../packages/files/test/file-server.js";
import { alexnet, ended, NO_SIGNALS, start, temporaryFolder } from "./cli.js";

describe("alexnet pull", () => {
  const folder = temporaryFolder();
  const file = "alexnet-owt-7be5be79.pth";

  it("lists what there is", async () => {
    const { code, stdout } = await alexnet(folder(), ["pull", "--cache-dir", "cache"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/torchvision\/alexnet +alexnet-torchvision +244\.4 MB +56\.5 % +79\.1 % +–/);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    const { stdout: json } = await alexnet(folder(), ["pull", "--json"]);
    expect(JSON.parse(json)[1]).toMatchObject({
      name: "caffe/alexnet",
      licence: expect.any(String),
      sha256: expect.any(String),
    });
  });

  it("refuses what the server sends in its place, and keeps none of it", async () => {
    const server = await fileServer(serving({ [file]: Buffer.alloc(1000) }));
    const words = ["pull", "torchvision/alexnet", "--cache-dir", "cache", "--mirror", server.address];
    const { code, stderr } = await alexnet(folder(), words);
    expect(code).toBe(1);
    expect(stderr).toMatch(/it has 1000 bytes, and should have 244408911; deleted/);
    expect(await readdir(join(folder(), "cache"))).toEqual([]);
  });

  it("ends at Ctrl-C, and keeps what has arrived", async (context) => {
    context.skip(process.platform === "win32", NO_SIGNALS);
    const server = await fileServer(sendingOnly(50_000, Buffer.alloc(244_408_911)));
    const child = start(folder(), ["pull", "torchvision/alexnet", "--cache-dir", "slow", "--mirror", server.address]);
    const outcome = ended(child);
    child.stderr.once("data", () => setTimeout(() => child.kill("SIGINT"), 300));
    const { code, stderr } = await outcome;
    expect(code).toBe(130);
    expect(stderr).toMatch(/Stopping\. What has arrived is kept/);
    expect(await readdir(join(folder(), "slow"))).toEqual([`${file}.part`]);
  });

  it("is what --weights advises for a name that was not fetched, and suggests a name for one that is none", async () => {
    const environment = { ALEXNET_CACHE_DIR: join(folder(), "empty") };
    const { code, stderr } = await alexnet(
      folder(),
      ["predict", "x.png", "--weights", "torchvision/alexnet"],
      environment,
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /torchvision\/alexnet was not fetched yet \(244\.4 MB\)\. Fetch it with .*pull torchvision\/alexnet, or add --download/,
    );
    const unknown = await alexnet(folder(), ["pull", "torchvision/alexne"]);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(/Did you mean "torchvision\/alexnet"\?/);
  });

  it("is found by its name where it was fetched", async () => {
    await mkdir(join(folder(), "full", "weights"), { recursive: true });
    await writeFile(join(folder(), "full", "weights", file), "not whole");
    const environment = { ALEXNET_CACHE_DIR: join(folder(), "full") };
    const { code, stderr } = await alexnet(folder(), ["inspect", "torchvision/alexnet"], environment);
    expect(code).toBe(1);
    expect(stderr).toContain(`Cannot read the weights in ${join(folder(), "full", "weights", file)}`);
  });
});
