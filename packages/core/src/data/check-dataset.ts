import { DatasetError, InvalidArgumentError, ShapeError } from "../errors.js";
import type { Model } from "../model/model.js";
import { describeValue, fieldsOf } from "../support/options.js";
import { formatShape, sameShape } from "../tensor.js";
import type { Dataset } from "./dataset.js";

/** Throws unless the dataset has examples of the shape and with the number of classes that the model takes. */
export function checkDataset(model: Model, dataset: Dataset): void {
  checkForm(dataset);
  if (dataset.length === 0) throw new DatasetError(`The dataset "${dataset.name}" holds no examples.`);
  if (!sameShape(model.inputShape, dataset.imageShape)) {
    throw new ShapeError(
      `The model "${model.name}" takes images of shape ${formatShape(model.inputShape)}, but the dataset ` +
        `"${dataset.name}" gives ${formatShape(dataset.imageShape)}. Resize the dataset or set the model's channels and inputSize.`,
    );
  }
  if (dataset.classNames.length !== model.classes) {
    throw new InvalidArgumentError(
      `The model "${model.name}" tells ${model.classes} classes apart, but the dataset "${dataset.name}" has ` +
        `${dataset.classNames.length}. Set the model's classes to ${dataset.classNames.length}.`,
    );
  }
}

/** Throws `DatasetError` unless the parts of a dataset are there and of their kind. */
function checkForm(dataset: Dataset): void {
  const { name, length, imageShape, classNames, batch } = fieldsOf(dataset);
  const faults: readonly (readonly [boolean, string, unknown])[] = [
    [typeof name === "string", "name, a text", name],
    [typeof length === "number" && Number.isSafeInteger(length) && length >= 0, "length, a whole number", length],
    [Array.isArray(imageShape), "imageShape, [C, H, W]", imageShape],
    [
      Array.isArray(classNames) && classNames.every((text) => typeof text === "string"),
      "classNames, texts",
      classNames,
    ],
    [typeof batch === "function", "batch(indices), a function", batch],
  ];
  const fault = faults.find(([right]) => !right);
  if (fault) throw new DatasetError(`A dataset has ${fault[1]}; got ${describeValue(fault[2])}.`);
}
