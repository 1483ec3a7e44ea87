// Prints how far the gradients of each backend are from PyTorch's float64, one Markdown table a model:
//   node conformance/scripts/witness.mjs [model …]
import { onnxBackend } from "@alexnet/backend-onnx";
import { referenceBackend } from "@alexnet/backend-reference";
import { compareWithGolden, goldenModels } from "@alexnet/conformance";

const models = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(goldenModels);
const backends = [await onnxBackend(), referenceBackend()];
for (const model of models) {
  const columns = [];
  for (const backend of backends) columns.push(await compareWithGolden(model, backend));
  console.log(
    `\n| ${model} | ${backends.map(({ info }) => info.name).join(" | ")} |\n|---|${"---:|".repeat(backends.length)}`,
  );
  for (const [row, { tensor }] of columns[0].entries()) {
    console.log(`| ${tensor} | ${columns.map((column) => column[row].error.toExponential(1)).join(" | ")} |`);
  }
}
for (const backend of backends) await backend.dispose();
