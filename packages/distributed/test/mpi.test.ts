import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { launched, MpiError } from "../src/index.js";
import { launchers, NO_LAUNCHER, onRanks } from "./launchers.js";

const built = new URL("../dist/index.js", import.meta.url);

/** A program of ranks that have `communicator`; what the last of them prints is JSON. */
async function program(body: string): Promise<string> {
  if (!existsSync(built)) throw new Error(`${fileURLToPath(built)} is not there: run "npm run build" first.`);
  const folder = await mkdtemp(join(tmpdir(), "alexnet-mpi-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "ranks.mjs");
  await writeFile(
    path,
    `const { mpiCommunicator } = await import(${JSON.stringify(built.href)});
    const communicator = await mpiCommunicator();
    const { rank, size } = communicator;
    const tell = (value) => rank === size - 1 && console.log(JSON.stringify(value));
    ${body}
    await communicator.dispose();`,
  );
  return path;
}

const COLLECTIVES = `
  for (const Array of [Float32Array, Float64Array]) {
    const sum = Array.from([1, 2, rank]);
    await communicator.allreduce(sum);
    const part = await communicator.reduceScatter(Array.from({ length: 2 * size }, (_, index) => index + rank));
    const all = await communicator.allgather(Array.of(rank, 10 - rank));
    const told = Array.of(rank + 5);
    await communicator.broadcast(told, size - 1);
    await communicator.barrier();
    tell([sum, part, all, told].map((each) => [...each]));
  }
  tell([rank, size, communicator.version]);`;

describe.each(launchers)("on $name", ({ name, command = "" }) => {
  it.skipIf(command === "").each([1, 2, 4])("%i ranks exchange numbers of both kinds", async (ranks) => {
    const { code, stdout, stderr } = await onRanks(command, ranks, await program(COLLECTIVES));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const others = (ranks * (ranks - 1)) / 2;
    const expected = [
      [ranks, 2 * ranks, others],
      [0, 1].map((index) => ranks * (2 * (ranks - 1) + index) + others),
      Array.from({ length: ranks }, (_, rank) => [rank, 10 - rank]).flat(),
      [ranks + 4],
    ];
    expect(lines.slice(0, 2)).toEqual([expected, expected]);
    expect(lines[2]).toEqual([ranks - 1, ranks, expect.stringContaining(name)]);
  });

  it("a rank that aborts ends the job", async (context) => {
    context.skip(command === "", NO_LAUNCHER);
    const path = await program("if (rank === 1) communicator.abort(3); else await communicator.barrier();");
    expect((await onRanks(command, 2, path)).code).toBe(3);
  });

  it("a rank that fails ends the job", async (context) => {
    context.skip(command === "", NO_LAUNCHER);
    const path = await program(
      'if (rank === 1) throw new Error("the disk is gone"); else await communicator.barrier();',
    );
    const { code, stderr } = await onRanks(command, 2, path);
    expect(code).not.toBe(0);
    expect(stderr).toContain("the disk is gone");
  });

  it("many values and few come to the same", async (context) => {
    context.skip(command === "", NO_LAUNCHER);
    const path = await program(`
      const values = Float32Array.from({ length: 3_000_000 }, (_, index) => index % 1000);
      await communicator.allreduce(values);
      tell([values.length, values.every((value, index) => value === size * (index % 1000))]);`);
    expect((await onRanks(command, 2, path)).stdout.trim()).toBe("[3000000,true]");
  });
});

describe("without mpirun", () => {
  const alone = (environment: Readonly<Record<string, string>>): Readonly<Record<string, string | undefined>> =>
    environment;

  it.each<[string, Readonly<Record<string, string>>, unknown]>([
    ["nobody", {}, undefined],
    [
      "Open MPI",
      {
        OMPI_COMM_WORLD_RANK: "3",
        OMPI_COMM_WORLD_SIZE: "8",
        OMPI_COMM_WORLD_LOCAL_RANK: "1",
        OMPI_COMM_WORLD_LOCAL_SIZE: "2",
      },
      { rank: 3, ranks: 8, localRank: 1, localRanks: 2 },
    ],
    ["Hydra", { PMI_RANK: "1", PMI_SIZE: "2" }, { rank: 1, ranks: 2, localRank: 1, localRanks: 2 }],
    [
      "Slurm",
      { SLURM_PROCID: "2", SLURM_STEP_NUM_TASKS: "4", SLURM_LOCALID: "0", SLURM_TASKS_PER_NODE: "2(x2)" },
      { rank: 2, ranks: 4, localRank: 0, localRanks: 2 },
    ],
    ["a job of one", { OMPI_COMM_WORLD_RANK: "0", OMPI_COMM_WORLD_SIZE: "1" }, undefined],
  ])("%s has said which rank this is", (_, environment, expected) => {
    expect(launched(alone(environment))).toEqual(expected);
  });

  it("one is alone, with MPI or without", async () => {
    for (const library of ["", "/nowhere/libmpi.so"]) {
      const path = await program(
        "await communicator.barrier(); tell([rank, size, communicator.version === undefined]);",
      );
      const { promisify } = await import("node:util");
      const { execFile } = await import("node:child_process");
      const env = { ...process.env, ALEXNET_MPI_LIBRARY: library };
      const { stdout } = await promisify(execFile)(process.execPath, [path], { env });
      expect(JSON.parse(stdout).slice(0, 2)).toEqual([0, 1]);
      if (library !== "") expect(JSON.parse(stdout)[2]).toBe(true);
    }
  });

  it("says what to install where mpirun is there and the library is not", async () => {
    const { loadMpi } = await import("../src/library.js");
    const failing = loadMpi({ ALEXNET_MPI_LIBRARY: "/nowhere/libmpi.so" });
    await expect(failing).rejects.toThrow(MpiError);
    await expect(failing).rejects.toThrow(
      /no MPI library here \(tried \/nowhere\/libmpi\.so\).*apt install openmpi-bin.*dnf install openmpi.*brew install open-mpi/,
    );
  });
});
