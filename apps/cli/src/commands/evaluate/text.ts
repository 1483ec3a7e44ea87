import type { Evaluation } from "@alexnet/core";
import { confusedPairs } from "../../drawing/confusion.js";
import { count, duration, loss, percent, plural, rate } from "../../text/format.js";
import { type TableColumn, table } from "../../text/table.js";
import { truncate } from "../../text/width.js";

/** With more classes than this a table of all pairs fits no terminal. */
const MOST_CLASSES = 12;

/** The figures of an evaluation, and which classes were taken for which, in at most 80 columns. */
export function evaluationText(evaluation: Evaluation, classNames: readonly string[]): string {
  const { examples, loss: meanLoss, top1, top5, seconds } = evaluation;
  return [
    `loss ${loss(meanLoss)}   top-1 ${percent(top1)}   top-5 ${percent(top5)}`,
    `${plural(examples, "image")} in ${duration(seconds)}, ${rate(examples / seconds)} images/s`,
    "",
    classNames.length <= MOST_CLASSES ? confusionTable(evaluation, classNames) : worstPairs(evaluation, classNames),
  ].join("\n");
}

/** A row a class of the images, a column a class of the answers. */
function confusionTable({ confusion }: Evaluation, classNames: readonly string[]): string {
  const columns: TableColumn[] = [
    { title: "image \\ answer" },
    ...classNames.map((_, index) => ({ title: String(index), align: "right" as const })),
    { title: "right", align: "right" },
  ];
  const rows = confusion.map((answers, label) => {
    const total = answers.reduce((sum, answer) => sum + answer, 0);
    return [
      truncate(classLabel(label, classNames), 18),
      ...answers.map((answer) => (answer === 0 ? "·" : String(answer))),
      total === 0 ? "–" : percent(answers[label]! / total),
    ];
  });
  return table(columns, rows);
}

/** `3 Dress`; a digit's name is its number already. */
function classLabel(index: number, classNames: readonly string[]): string {
  const name = classNames[index];
  return name === undefined || name === String(index) ? String(index) : `${index} ${name}`;
}

function worstPairs(evaluation: Evaluation, classNames: readonly string[]): string {
  const pairs = confusedPairs(evaluation, 10);
  return table(
    [{ title: "most frequent mistakes" }, { title: "taken for" }, { title: "images", align: "right" }],
    pairs.map(({ label, answer, number }) => [
      truncate(classNames[label] ?? String(label), 30),
      truncate(classNames[answer] ?? String(answer), 30),
      count(number),
    ]),
  );
}
