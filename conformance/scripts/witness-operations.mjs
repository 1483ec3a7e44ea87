// Computes every case of an operation with PyTorch in float64 and prints, per operation, how far the reference is from it:
//   node scripts/witness-operations.mjs VENV/bin/python        (a Python with torch and numpy; the build must be there)
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { referenceKernels } from "@alexnet/backend-reference";
import { valueShapes } from "@alexnet/core/program";
import { caseProgram } from "../dist/checks/operations.js";
import { operationCases } from "../dist/operations/cases/index.js";
import { caseFeed } from "../dist/operations/operation-case.js";

const [python = "python3"] = process.argv.slice(2);
const script = fileURLToPath(new URL("../golden/check_operations.py", import.meta.url));
const witness = spawn(python, [script], { stdio: ["pipe", "inherit", "inherit"] });
const ended = once(witness, "close");

/** Float64 as base64, row-major. */
const encoded = ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength).toString("base64");

for (const operationCase of operationCases) {
  const program = caseProgram(operationCase, () => true);
  const shapes = valueShapes(program);
  const feed = caseFeed(operationCase, 1);
  const values = new Map(Object.keys(program.inputs).map((name) => [name, Float64Array.from(feed[name].data)]));
  for (const operation of program.operations) {
    const inputs = operation.inputs.map((name) => values.get(name));
    const inputShapes = operation.inputs.map((name) => shapes.get(name));
    const output = referenceKernels[operation.kind](inputs, operation, inputShapes);
    values.set(operation.output, output);
    const { kind, attributes, shape } = operation;
    const [data, result] = [inputs.map(encoded), encoded(output)];
    const line = { case: operationCase.name, kind, attributes, shape, inputShapes, inputs: data, output: result };
    if (!witness.stdin.write(`${JSON.stringify(line)}\n`)) await once(witness.stdin, "drain");
  }
}
witness.stdin.end();
[process.exitCode] = await ended;
