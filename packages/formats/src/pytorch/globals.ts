import { WeightsError } from "@alexnet/core";
import { numpyGlobals } from "../numpy/globals.js";
import { PickledObject, type PickleGlobals, pickleGlobals } from "../pickle/objects.js";
import { type Storage, storageDtypes } from "./storage.js";
import { TorchTensor } from "./tensor.js";

/** An object of which only its class is known, as the arguments of the program that wrote the file. */
class Inert extends PickledObject {
  setState(): void {}
}

function dictOf(args: readonly unknown[]): Map<unknown, unknown> {
  const [entries = []] = args;
  if (!Array.isArray(entries)) throw new WeightsError("The pickle makes a dict of what is no list of pairs.");
  return new Map(
    entries.map((pair): [unknown, unknown] => {
      if (!Array.isArray(pair)) throw new WeightsError("The pickle makes a dict of what is no list of pairs.");
      return [pair[0], pair[1]];
    }),
  );
}

function rebuiltTensor([storage, offset, shape, strides]: readonly unknown[]): TorchTensor {
  if (!isStorage(storage)) throw new WeightsError("A tensor of the file has no storage: it is damaged.");
  return new TorchTensor(storage, offset, shape, strides);
}

function isStorage(value: unknown): value is Storage {
  return typeof value === "object" && value !== null && "dtype" in value && "values" in value;
}

/** Element types as values, such as those that the arguments of a training hold. */
const dtypeNames = [...storageDtypes.values()].map(({ name }) => `torch.${name}`);

/**
 * What PyTorch's files of weights are made of, and nothing else: what `torch.load(…, weights_only=True)` takes of it, the
 * numbers of NumPy that trainings keep beside, and `argparse.Namespace`, of which nothing is read.
 */
export const torchGlobals: PickleGlobals = new Map([
  ...numpyGlobals,
  ...pickleGlobals({
    "collections.OrderedDict": dictOf,
    "collections.defaultdict": () => new Map(),
    "collections.Counter": () => new Map(),
    "argparse.Namespace": () => new Inert(),
    "torch._utils._rebuild_tensor": rebuiltTensor,
    "torch._utils._rebuild_tensor_v2": rebuiltTensor,
    "torch._utils._rebuild_parameter": ([tensor]) => tensor,
    "torch._utils._rebuild_parameter_with_state": ([tensor]) => tensor,
    "torch.nn.parameter.Parameter": ([tensor]) => tensor,
    "torch.Size": ([extents]) => extents,
    "torch.device": () => null,
    "builtins.set": ([items]) => new Set(Array.isArray(items) ? items : []),
    "__builtin__.set": ([items]) => new Set(Array.isArray(items) ? items : []),
  }),
  ...pickleGlobals(Object.fromEntries(dtypeNames.map((name) => [name, undefined]))),
  ...pickleGlobals(Object.fromEntries([...storageDtypes.keys()].map((name) => [`torch.${name}`, undefined]))),
]);
