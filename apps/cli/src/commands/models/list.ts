import { summarize, zoo } from "@alexnet/core";
import { count, extents, magnitude } from "../../text/format.js";
import { table } from "../../text/table.js";

export interface ListedModel {
  readonly name: string;
  /** `[C, H, W]`. */
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly parameters: number;
  /** Of a forward pass of one image. */
  readonly multiplyAdds: number;
  readonly source: string;
}

/** The zoo with its figures, each model as it is without options. */
export function listModels(): readonly ListedModel[] {
  return zoo.map(({ name, source, create }) => {
    const model = create({});
    const { parameters, multiplyAdds } = summarize(model);
    return { name, inputShape: model.inputShape, classes: model.classes, parameters, multiplyAdds, source };
  });
}

export function modelsTable(models: readonly ListedModel[]): string {
  return table(
    [
      { title: "model" },
      { title: "input" },
      { title: "parameters", align: "right" },
      { title: "mult-adds", align: "right" },
      { title: "source" },
    ],
    models.map(({ name, inputShape, parameters, multiplyAdds, source }) => [
      name,
      extents(inputShape),
      count(parameters),
      magnitude(multiplyAdds),
      source,
    ]),
  );
}
