"""Writes the fixtures beside it: pip install torch==2.13.0 onnx==1.23.1 onnxscript onnxruntime numpy, then run it.

torch-legacy.onnx, torch-train.onnx, torch-dynamo.onnx   a small net as PyTorch exports it: by tracing, for training, by dynamo
zoo.onnx                                                a small net as the model zoo has bvlc_alexnet
matmul.onnx                                             MatMul and Add in place of Gemm, padding "same"
external.onnx, external.bin                             values in a file beside the model
branch.onnx                                             a sum of two branches, which is no chain
onnx.json                                               an image for each, and what ONNX Runtime answers
"""

import json
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

warnings.filterwarnings("ignore")
here = Path(__file__).parent
torch.manual_seed(5)
random = np.random.default_rng(5)

model = nn.Sequential(
    nn.Conv2d(1, 4, 3, padding=1, bias=False), nn.Sigmoid(), nn.MaxPool2d(3, 2, ceil_mode=True),
    nn.Conv2d(4, 4, 3, groups=2), nn.Tanh(), nn.AvgPool2d(2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.25), nn.Linear(4, 3),
)
image = torch.rand(1, 1, 12, 12)
for name, training in [("legacy", False), ("train", True)]:
    mode = torch.onnx.TrainingMode.TRAINING if training else torch.onnx.TrainingMode.EVAL
    torch.onnx.export(model.train(training), image, here / f"torch-{name}.onnx", dynamo=False, training=mode)
torch.onnx.export(model.eval(), image, here / "torch-dynamo.onnx", dynamo=True, external_data=False, verbose=False)


def constant(name, array):
    return numpy_helper.from_array(array, name)


def weights(*shape, dtype=np.float32):
    return (random.standard_normal(shape) / 4).astype(dtype)


def save(name, nodes, constants, size, opset, listed=False, outputs=3):
    image = helper.make_tensor_value_info("data_0", TensorProto.FLOAT, [1, *size])
    answer = helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, [1, outputs])
    inputs = [image] + [helper.make_tensor_value_info(c.name, c.data_type, c.dims) for c in constants] * listed
    graph = helper.make_graph(nodes, name, inputs, [answer], constants)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    onnx.checker.check_model(made)
    onnx.save(made, here / f"{name}.onnx")
    return made


node = helper.make_node
zoo = [
    node("Conv", ["data_0", "w1", "b1"], ["c1"], kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 0, 0], group=1),
    node("Relu", ["c1"], ["r1"]),
    node("LRN", ["r1"], ["n1"], size=5, alpha=0.5, beta=0.75, bias=1.0),
    node("MaxPool", ["n1"], ["p1"], kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 1, 1]),
    node("Reshape", ["p1", "shape"], ["flat"]),
    node("Gemm", ["flat", "w2", "b2"], ["f2"], transB=1, alpha=1.0, beta=1.0),
    node("Dropout", ["f2"], ["d2", "mask"], ratio=0.5),
    node("Identity", ["d2"], ["i2"]),
    node("Softmax", ["i2"], ["prob_1"], axis=1),
]
zoo_constants = [
    constant("w1", weights(6, 3, 3, 3)), constant("b1", weights(6)), constant("shape", np.array([1, -1], np.int64)),
    constant("w2", weights(3, 6 * 3 * 3)), constant("b2", weights(3)),
]
save("zoo", zoo, zoo_constants, [3, 13, 13], 11, listed=True)

matmul = [
    node("Conv", ["data_0", "w1"], ["c1"], auto_pad="SAME_UPPER", strides=[2, 2]),
    node("Tanh", ["c1"], ["t1"]),
    node("GlobalAveragePool", ["t1"], ["g1"]),
    node("Flatten", ["g1"], ["flat"]),
    node("MatMul", ["flat", "w2"], ["m2"]),
    node("Add", ["b2", "m2"], ["answer"]),
]
matmul_constants = [constant("w1", weights(4, 1, 3, 3)), constant("w2", weights(4, 3)), constant("b2", weights(3))]
save("matmul", matmul, matmul_constants, [1, 10, 10], 13)

made = save("external", zoo[:-1], zoo_constants, [3, 13, 13], 11)
onnx.save(made, here / "external.onnx", save_as_external_data=True, location="external.bin", size_threshold=64)

branch = [
    node("Conv", ["data_0", "w1"], ["c1"], kernel_shape=[3, 3], pads=[1, 1, 1, 1], name="first"),
    node("Add", ["c1", "data_0"], ["sum"], name="sum"),
    node("Flatten", ["sum"], ["answer"]),
]
save("branch", branch, [constant("w1", weights(1, 1, 3, 3))], [1, 4, 4], 13, outputs=16)

answers = {}
for name in ["torch-legacy", "torch-train", "torch-dynamo", "zoo", "matmul", "external"]:
    session = onnxruntime.InferenceSession(here / f"{name}.onnx", providers=["CPUExecutionProvider"])
    [given] = session.get_inputs()
    image = random.random(given.shape).astype(np.float32)
    # Dropout is asked to drop in a model for training: what it answers is that of the one that is not.
    asked = session if name != "torch-train" else onnxruntime.InferenceSession(here / "torch-legacy.onnx")
    [answer, *_] = asked.run(None, {asked.get_inputs()[0].name: image})
    answers[name] = {"shape": given.shape, "image": image.flatten().tolist(), "answer": answer.flatten().tolist()}
(here / "onnx.json").write_text(json.dumps(answers) + "\n")
