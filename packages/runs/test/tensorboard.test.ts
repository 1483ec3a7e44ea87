import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openRun, resumeRun, trainRun } from "../src/index.js";
import { encodeEvent } from "../src/tensorboard/encode.js";
import { scalarsOf } from "../src/tensorboard/scalars.js";
import { eventsOf, newFolder, smallTraining } from "./helpers.js";

describe("event files", () => {
  it("are byte for byte what TensorBoard's own library writes", async () => {
    const written = Buffer.concat(
      [
        { wallTime: 1764194400.125, step: 0, fileVersion: "brain.Event:2" },
        { wallTime: 1764194401.5, step: 5_000_000_000, sessionStart: true },
        {
          wallTime: 1764194402,
          step: 300,
          scalars: { "train/loss": 2.25, "weights/conv1.weight": 0.0125, é: -1e-30 },
        },
      ].map(encodeEvent),
    );
    const golden = await readFile(new URL("./golden/events.tfevents", import.meta.url));
    expect(written.toString("hex")).toBe(golden.toString("hex"));
  });

  it("tell a training in numbers, and go on in a file of their own", async () => {
    const directory = await newFolder();
    const options = { ...(await smallTraining()), weightsEvery: { epochs: 1 }, tensorboard: true };
    const events = await eventsOf(trainRun(directory, { ...options, maxSteps: 6 }));
    const logs = join(directory, "tensorboard");
    const [first] = await readdir(logs);
    expect(first).toMatch(/^events\.out\.tfevents\.\d+\./);
    const told = tagsIn(await readFile(join(logs, first!)));
    const expected = events.flatMap((event) =>
      event.type === "end" ? [] : Object.keys(scalarsOf(event)).map((tag) => `${tag}@${event.step}`),
    );
    expect(told).toEqual(expected);
    expect(told).toContain("train/loss@1");
    expect(told).toContain("test/top1@4");
    expect(told).toContain("ratios/conv1.weight@4");
    // Without being told again.
    const { model, backend, training, validation } = options;
    await eventsOf(
      resumeRun(await openRun(directory), { model, backend, training, ...(validation && { validation }) }),
    );
    const files = await readdir(logs);
    expect(files.length).toBe(2);
    expect(tagsIn(await readFile(join(logs, files.find((file) => file !== first)!)))[0]).toBe("train/loss@7");
  });

  it("are not there unless they are asked for", async () => {
    const directory = await newFolder();
    await eventsOf(trainRun(directory, await smallTraining()));
    expect(await readdir(directory)).not.toContain("tensorboard");
  });
});

/** `tag@step` of every number in a file. */
function tagsIn(bytes: Buffer): readonly string[] {
  const tags: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    const message = bytes.subarray(at + 12, at + 12 + length);
    at += length + 16;
    let step = 0;
    for (const [field, value] of fieldsIn(message)) {
      if (field === 2 && typeof value === "number") step = value;
      if (field !== 5 || typeof value === "number") continue;
      for (const [, summary] of fieldsIn(value)) {
        const [, tag] = fieldsIn(summary as Buffer).find(([inner]) => inner === 1)!;
        tags.push(`${tag}@${step}`);
      }
    }
  }
  return tags;
}

/** The fields of a message: numbers of varints, bytes of everything else. */
function fieldsIn(bytes: Buffer): readonly (readonly [field: number, value: number | Buffer])[] {
  const fields: (readonly [number, number | Buffer])[] = [];
  let at = 0;
  const varint = (): number => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const kind = key & 7;
    if (kind === 0) fields.push([key >> 3, varint()]);
    else {
      const length = kind === 2 ? varint() : kind === 1 ? 8 : 4;
      fields.push([key >> 3, bytes.subarray(at, at + length)]);
      at += length;
    }
  }
  return fields;
}
