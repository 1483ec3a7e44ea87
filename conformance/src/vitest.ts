/**
 * The suite as tests of Vitest.
 *
 * @module @alexnet/conformance/vitest
 */
import type { Backend, BackendInfo } from "@alexnet/core";
import { afterAll, beforeAll, describe, it } from "vitest";
import { checks } from "./checks/index.js";
import { levels } from "./suite/check.js";
import { type CheckResult, type ConformanceOptions, checkExpectations, isAcceptable, resultOf } from "./suite/run.js";

declare module "vitest" {
  interface TaskMeta {
    /** What a check of the suite found, for reporters; a skipped one found nothing but says why. */
    conformance?: { readonly info: BackendInfo; readonly result: CheckResult };
  }
}

/**
 * Defines the whole suite in the calling test file, one test a check:
 *
 * ```ts
 * conformance({ name: "mine", create: () => myBackend() });
 * ```
 *
 * A check that does not apply is skipped with its reason; a failure that is expected is printed as one. Every test
 * carries its result as `meta.conformance`, for reporters. Throws `InvalidArgumentError` for an expectation that names
 * no check.
 */
export function conformance(options: Omit<ConformanceOptions, "checks" | "signal"> & { readonly name: string }): void {
  const { name, create, seed = 1, expectations = [] } = options;
  checkExpectations(expectations);
  describe(`${name} conforms`, () => {
    let backend: Backend;
    beforeAll(async () => {
      backend = await create();
    }, TIMEOUT);
    afterAll(async () => {
      await backend?.dispose();
    });
    for (const [number, title] of Object.entries(levels)) {
      const level = Number(number);
      if (options.levels && !options.levels.some((wanted) => wanted === level)) continue;
      describe(title, () => {
        for (const check of checks.filter((candidate) => candidate.level === level)) {
          it(
            check.id,
            async (context) => {
              const result = await resultOf(check, { backend, create, seed }, options);
              context.task.meta.conformance = { info: backend.info, result };
              if (result.status === "skipped") context.skip(result.reason);
              if (!isAcceptable(result)) throw failureOf(result);
              if (result.status === "expected") {
                console.info(`${check.id} fails, as expected: ${result.reason} (${result.issue})`);
              }
            },
            TIMEOUT,
          );
        }
      });
    }
  });
}

/** What a test throws: the reason, and the place where the check threw. */
function failureOf({ reason, stack }: CheckResult): Error {
  const failure = new Error(reason);
  if (stack !== undefined) failure.stack = stack;
  return failure;
}

/** Milliseconds; a hang is a failure, slowness is not. */
const TIMEOUT = 15 * 60 * 1000;
