import { Option } from "commander";
import type { AddCommand } from "../../program/context.js";
import { examples, outputOptions, pixels, whole } from "../../program/options.js";
import type { ConvertFlags } from "./convert.js";
import { families } from "./families.js";

export const addConvert: AddCommand = (program, context) => {
  const command = program
    .command("convert")
    .argument("<in>", "weights of this program, PyTorch, ONNX, Caffe, TensorFlow.js or NumPy, or a run folder")
    .argument("<out>", "what to write: .safetensors, .npz, .npy, .onnx, or a folder or model.json for TensorFlow.js")
    .description("write weights in another format")
    .option("--model <name>", "the model, for a file that does not say")
    .option("--input-size <pixels>", "height and width of the images, for a file that does not say", pixels)
    .addOption(new Option("--layout <family>", "whose names and order .safetensors and .npz get").choices(families))
    .option("--prototxt <file>", "the deploy.prototxt of a .caffemodel that does not tell its image size")
    .option("--mean-image <file>", "what Caffe takes off its images: a .binaryproto or .npy, blue first")
    .option("--download", "fetch published weights that were named and are not here")
    .option("--batch-size <n>", ".onnx: images at once", whole(1, 1_000_000), 1)
    .action(async (from: string, to: string, flags: ConvertFlags) => {
      const { convertWeights } = await import("./convert.js");
      await convertWeights(context, from, to, flags);
    });
  outputOptions(command);
  examples(
    command,
    "alexnet convert alexnet-owt-7be5be79.pth alexnet.safetensors",
    "alexnet convert runs/first for-torch.safetensors --layout torchvision",
    "alexnet convert bvlc_alexnet.caffemodel web/model.json",
  );
};
