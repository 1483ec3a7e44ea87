import { DatasetError } from "../errors.js";
import { describeValue, fieldsOf } from "../support/options.js";

/** The labels as they are used. Throws `DatasetError` unless there is one whole number in `[0, classes)` an example. */
export function checkedLabels(labels: unknown, examples: number, classes: number, whose: string): Int32Array {
  const list = fieldsOf(labels);
  const found = list.length;
  if (typeof found !== "number") {
    throw new DatasetError(`${whose} gives ${describeValue(labels)} for labels, not one class index an image.`);
  }
  if (found !== examples) {
    const oneHot = found === examples * classes ? " These look like one-hot labels: give the index of each class." : "";
    throw new DatasetError(`${whose} gives ${found} labels for ${examples} images.${oneHot}`);
  }
  const checked = new Int32Array(examples);
  for (let example = 0; example < examples; example++) {
    const label = list[example];
    if (typeof label !== "number" || !Number.isInteger(label) || label < 0 || label >= classes) {
      throw new DatasetError(
        `${whose} labels image ${example} of a batch ${describeValue(label)}; with ${classes} classes a label is a ` +
          `whole number from 0 to ${classes - 1}.`,
      );
    }
    checked[example] = label;
  }
  return checked;
}
