import { sizeOf } from "@alexnet/core";
import { type Operation, type OperationKind, type Program, valueShapes } from "@alexnet/core/program";

/**
 * The same program with its operations in the order that makes ONNX Runtime run large updates last. What takes more room
 * than what it is made of, as new weights of dense layers do, had better be made when the images are gone; and of all that
 * nobody waits for, the engine runs what stands first in the graph last.
 */
export function withLargeUpdatesLast(program: Program): Program {
  const waiting = largeUpdates(program);
  const isLarge = new Set(waiting);
  const unmade = new Set(program.operations.map(({ output }) => output));
  const operations: Operation[] = [];
  const write = (operation: Operation): void => {
    operations.push(operation);
    unmade.delete(operation.output);
  };
  for (const operation of program.operations) {
    if (!isLarge.has(operation)) write(operation);
    for (const update of waiting) {
      if (update.inputs.some((value) => unmade.has(value))) continue;
      waiting.delete(update);
      write(update);
    }
  }
  return { ...program, operations };
}

/** What updates are made of, beside the gradient. */
const UPDATES: ReadonlySet<OperationKind> = new Set(["sgdUpdate", "adamUpdate", "add", "multiply"]);

/** The operations that make the new value of a variable in the end, where they take less room than that. */
function largeUpdates(program: Program): Set<Operation> {
  const producers = new Map(program.operations.map((operation) => [operation.output, operation]));
  const shapes = valueShapes(program);
  const size = (value: string): number => sizeOf(shapes.get(value) ?? []);
  const updates = new Set<Operation>();
  for (const assigned of Object.values(program.assignments)) {
    const operations: Operation[] = [];
    let taken = 0;
    const follow = (value: string): void => {
      if (Object.hasOwn(program.variables, value)) return;
      const producer = producers.get(value);
      if (producer && UPDATES.has(producer.kind)) {
        producer.inputs.forEach(follow);
        operations.push(producer);
      } else if (producer?.kind === "matmul") {
        for (const input of producer.inputs) taken += size(input);
        operations.push(producer);
      } else taken += size(value);
    };
    follow(assigned);
    if (taken < size(assigned)) for (const operation of operations) updates.add(operation);
  }
  return updates;
}
