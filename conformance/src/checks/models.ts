import { gradientProgram, summarize } from "@alexnet/core";
import type { OperationKind } from "@alexnet/core/program";
import { compareWithGolden } from "../golden/compare.js";
import { goldenModels } from "../golden/models.js";
import { kindsOf } from "../kinds.js";
import type { Check } from "../suite/check.js";
import { answerBudget, programBudgets, unitRoundoff } from "../tolerance.js";

/** The goldens' batch size. */
const BATCH = 2;

/** Level 5: logits, loss and every parameter's gradient of every model, against PyTorch's float64. */
export const modelChecks: readonly Check[] = Object.entries(goldenModels).map(([name, create]) => {
  const model = create();
  const { program } = gradientProgram(model, BATCH);
  const operations: readonly OperationKind[] = [...kindsOf(program), "softmax"];
  return {
    id: `models/${name}`,
    level: 5,
    operations,
    // Forward twice, and a backward pass of two products for each forward one.
    work: 4 * summarize(model, BATCH).multiplyAdds,
    async run({ backend }) {
      const unit = unitRoundoff[backend.info.precision];
      const budgets = programBudgets(program, backend.info);
      const answer = answerBudget(model, BATCH, backend.info);
      const budgetOf = (tensor: string) =>
        tensor === "eval.logits" ? answer : (budgets.get(program.outputs[outputOf(tensor)]!) ?? 0);
      const deviations = await compareWithGolden(name, backend);
      return deviations.map(({ tensor, error }) => ({
        what: tensor,
        error: error / unit,
        budget: budgetOf(tensor),
      }));
    },
  };
});

/** The output of the gradient program that a golden tensor belongs to. */
function outputOf(tensor: string): string {
  if (tensor === "loss") return "loss";
  return tensor.endsWith(".logits") ? "logits" : `gradient:${tensor}`;
}
