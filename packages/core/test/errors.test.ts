import { describe, expect, it, vi } from "vitest";
import * as core from "../src/index.js";

const {
  AlexNetError,
  BackendUnavailableError,
  CheckpointError,
  DatasetError,
  DisposedError,
  hasCode,
  InvalidArgumentError,
  isAlexNetError,
  NonFiniteLossError,
  ProgramError,
  ShapeError,
  UnsupportedOperationError,
  WeightsError,
} = core;

describe("errors", () => {
  it.each([
    [new InvalidArgumentError("m"), "InvalidArgumentError", "INVALID_ARGUMENT"],
    [new ShapeError("m"), "ShapeError", "SHAPE"],
    [new ProgramError("m"), "ProgramError", "PROGRAM"],
    [new BackendUnavailableError("m"), "BackendUnavailableError", "BACKEND_UNAVAILABLE"],
    [new UnsupportedOperationError("m"), "UnsupportedOperationError", "UNSUPPORTED_OPERATION"],
    [new DisposedError("m"), "DisposedError", "DISPOSED"],
    [new DatasetError("m"), "DatasetError", "DATASET"],
    [new WeightsError("m"), "WeightsError", "WEIGHTS"],
    [new CheckpointError("m"), "CheckpointError", "CHECKPOINT"],
    [new NonFiniteLossError(7, "m"), "NonFiniteLossError", "NON_FINITE_LOSS"],
  ])("%s carries its name and a stable code", (error, name, code) => {
    expect(error).toBeInstanceOf(AlexNetError);
    expect(error).toMatchObject({ name, code, message: "m" });
  });

  it("keep their cause", () => {
    const cause = new Error("underneath");
    expect(new WeightsError("m", { cause }).cause).toBe(cause);
  });
});

describe("an error of another copy of this package", () => {
  it("is told by its code, since its class is another", async () => {
    vi.resetModules();
    const copy = await import("../src/errors.js");
    const error = new copy.ShapeError("too large");
    expect(error).not.toBeInstanceOf(ShapeError);
    expect(hasCode(error, "SHAPE")).toBe(true);
    expect(isAlexNetError(error)).toBe(true);
    expect(hasCode(error, "PROGRAM")).toBe(false);
    expect(isAlexNetError(Object.assign(new Error("no such file"), { code: "ENOENT" }))).toBe(false);
    expect([undefined, null, "SHAPE"].some(isAlexNetError)).toBe(false);
  });
});
