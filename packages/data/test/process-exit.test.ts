import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { builtModule } from "./helpers.js";

it("a process ends with an idle worker that nobody disposed", async () => {
  expect(await runs("await (images.batch([0])); console.log('done');")).toBe("done");
});

it("a process waits for a batch that only a worker is busy with", async () => {
  expect(await runs("images.batch([0, 1, 2]).then(({ labels }) => console.log(labels.length));")).toBe("3");
});

it("a process waits for a batch asked for after the worker was idle", async () => {
  expect(
    await runs("await images.batch([0]); images.batch([0, 1]).then(({ labels }) => console.log(labels.length));"),
  ).toBe("2");
});

it("a process ends when a dataset is disposed with a batch pending", async () => {
  expect(await runs("images.batch([0]).catch((error) => console.log(error.code)); await images.dispose();")).toBe(
    "DISPOSED",
  );
});

/** What a process prints that runs this code on a dataset with a worker. Rejects when it is not over in time. */
async function runs(code: string): Promise<string> {
  const program = `
    const { imageDataset, sample } = await import(${JSON.stringify(builtModule("index.js").href)});
    const images = imageDataset(await sample({ split: "test" }), { size: [64, 64] });
    ${code}`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], {
    timeout: 30_000,
  });
  return stdout.trim();
}
