// Loads full-sized weights that the families' own software wrote and compares the answers on photos with theirs; then has it
// load what is written here. Prints seconds to load and the largest difference of a logit.
//   node witness/witness.mjs VENV/bin/python FOLDER-OF-PHOTOS FOLDER-WITH-caffe_pb2.py      (what to install: witness.py)
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { exportOnnx, onnxBackend } from "@alexnet/backend-onnx";
import { generateC, generatePytorch } from "@alexnet/codegen";
import { inferenceProgram, predict } from "@alexnet/core";
import { decodeImage, imageTensor } from "@alexnet/data";
import {
  decodeNpy,
  encodeNpy,
  encodeNpyLayers,
  encodeNpz,
  encodeSafetensors,
  encodeTfjs,
  layouts,
  toLayout,
} from "@alexnet/formats";
import { registerTfjsLayers } from "@alexnet/formats/tfjs";
import { loadWeights, modelOfWeights } from "@alexnet/runs";
import * as tf from "@tensorflow/tfjs";

const [python = "python3", photos = "photos", caffe = "."] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), "alexnet-witness-"));
const at = (name) => join(folder, name);
const python_ = (...words) => {
  const script = fileURLToPath(new URL("witness.py", import.meta.url));
  const { status } = spawnSync(python, [script, ...words], { stdio: ["ignore", "inherit", "ignore"] });
  if (status !== 0) throw new Error(`witness.py ${words[0]} ended with ${status}.`);
};

function difference(found, expected) {
  if (found.length !== expected.length) return Infinity;
  return found.reduce((worst, value, index) => Math.max(worst, Math.abs(value - expected[index])), 0);
}

const said = (what, ...figures) => console.log(what.padEnd(52), ...figures);

try {
  const files = (await readdir(photos)).filter((name) => /\.(png|jpg)$/.test(name)).sort();
  const pictures = await Promise.all(files.map((name) => decodeImage(join(photos, name))));
  const images = {};
  for (const [size, family] of [
    [224, "torchvision"],
    [227, "caffe"],
  ]) {
    const { preprocessing } = layouts.find((layout) => layout.family === family);
    const tensors = pictures.map((picture) =>
      imageTensor(picture, { ...preprocessing, size: [size, size], channels: 3 }),
    );
    const data = Float32Array.from(tensors.flatMap((tensor) => Array.from(tensor.data)));
    images[size] = { shape: [tensors.length, 3, size, size], data };
    await writeFile(at(`images-${size}.npy`), encodeNpy(images[size]));
  }
  python_("make", folder, caffe);

  said(`read here, ${files.length} photos on onnx:cpu`, "seconds", "logits up to", "difference");
  const backend = await onnxBackend();
  const loaded = {};
  for (const name of Object.keys(JSON.parse(await readFile(at("answers.json"), "utf8")))) {
    const seconds = [];
    for (let time = 0; time < 3; time++) {
      const start = performance.now();
      loaded[name] = await loadWeights(at(name));
      seconds.push((performance.now() - start) / 1000);
    }
    const weights = loaded[name];
    const model = modelOfWeights(weights);
    const { logits } = await predict({
      model,
      backend,
      parameters: weights.parameters,
      images: images[model.inputShape[1]],
    });
    const expected = decodeNpy(new Uint8Array(await readFile(at(`${name}.answer.npy`)))).data;
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const [, median] = seconds.sort((a, b) => a - b);
    said(
      `${name} (${model.name})`,
      median.toFixed(2).padStart(7),
      largest.toFixed(1).padStart(12),
      difference(logits.data, expected).toExponential(1).padStart(10),
    );
    if (name !== "zip.pth" && name !== "old.caffemodel") delete loaded[name];
  }
  await backend.dispose();

  console.log("\nwritten here, read there");
  const row = (family) => layouts.find((layout) => layout.family === family);
  for (const [name, from] of [
    ["torchvision", "zip.pth"],
    ["caffe", "old.caffemodel"],
  ]) {
    const { parameters } = loaded[from];
    const model = modelOfWeights(loaded[from]);
    const tensors = toLayout(name === "caffe" ? row("bvlc_alexnet.npy") : row("torchvision"), model, parameters);
    if (name === "caffe") await writeFile(at("written.npy"), encodeNpyLayers(tensors));
    else {
      await writeFile(at("written-torchvision.safetensors"), encodeSafetensors(tensors));
      await writeFile(at("written-torchvision.npz"), encodeNpz(tensors));
    }
    await writeFile(at(`written-${name}.onnx`), exportOnnx(inferenceProgram(model, files.length).program, parameters));

    await writeFile(at(`written_${name}.py`), generatePytorch(model, loaded[from].info));
    await writeFile(at(`written-${name}-ours.safetensors`), encodeSafetensors(parameters));

    const { json, weights } = encodeTfjs(model, parameters);
    const { modelTopology, weightsManifest } = JSON.parse(json);
    await tf.setBackend("cpu");
    registerTfjsLayers(tf);
    const weightData = new Uint8Array(Buffer.concat(weights)).buffer;
    const layersModel = await tf.loadLayersModel(
      tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData }),
    );
    // One photo: this engine of plain JavaScript takes long.
    const [, ...image] = images[model.inputShape[1]].shape;
    const data = images[model.inputShape[1]].data.subarray(0, image[0] * image[1] * image[2]);
    const answer = layersModel.predict(tf.tensor4d(data, [1, ...image]).transpose([0, 2, 3, 1])).dataSync();
    const expected = decodeNpy(new Uint8Array(await readFile(at(`${from}.answer.npy`)))).data.subarray(
      0,
      model.classes,
    );
    said(`${name}, tf.loadLayersModel (one photo)`, difference(answer, expected).toExponential(1));
  }
  python_("check", folder, photos);

  console.log("\nwritten as C, compiled and run here");
  for (const [index, { width, height, channels, data }] of pictures.entries()) {
    const header = `P${channels === 3 ? 6 : 5} ${width} ${height} 255\n`;
    await writeFile(at(`photo-${index}.ppm`), Buffer.concat([Buffer.from(header), data]));
  }
  for (const from of ["zip.pth", "old.caffemodel"]) {
    const { parameters, info } = loaded[from];
    const model = modelOfWeights(loaded[from]);
    const place = at(`c-${model.name}`);
    await mkdir(place);
    for (const { name, chunks } of generateC(model, parameters, info)) await writeFile(join(place, name), chunks);
    const written = await readdir(place);
    const sources = written.filter((name) => name.endsWith(".c"));
    const weights = written.find((name) => name.endsWith(".weights"));
    const expected = decodeNpy(new Uint8Array(await readFile(at(`${from}.answer.npy`)))).data;
    for (const compiler of ["gcc", "clang"]) {
      for (const words of [
        ["-O3", "-march=native"],
        ["-O1", "-g", "-fsanitize=address,undefined"],
      ]) {
        const strict = ["-std=c99", "-Wall", "-Wextra", "-Werror", ...words, ...sources, "-o", "classify"];
        const compiled = spawnSync(compiler, strict, { cwd: place, encoding: "utf8" });
        if (compiled.error) said(`${model.name}, ${compiler}`, "is not installed");
        if (compiled.status !== 0) continue;
        const answers = pictures.flatMap((_, index) => {
          const photo = ["--logits", at(`photo-${index}.ppm`), weights];
          const { stdout, stderr, status } = spawnSync(join(place, "classify"), photo, {
            cwd: place,
            encoding: "utf8",
          });
          if (status !== 0) throw new Error(stderr);
          return stdout.trim().split("\n").map(Number);
        });
        said(`${model.name}, ${compiler} ${words.at(-1)}`, difference(answers, expected).toExponential(1));
      }
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
