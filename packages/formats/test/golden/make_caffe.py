"""Writes the fixtures beside it: pip install torch==2.13.0 numpy protobuf, and x2paddle==1.6.0 --no-deps, whose
x2paddle/decoder/caffe_pb2.py is generated from Caffe's published schema; then run it with that file's folder as argument.

small.caffemodel      a small net, trained, in the layout that Caffe has had since 2014
small-v1.caffemodel   the same in the layout before, with blobs of four axes
small.prototxt        its description in text
mean.binaryproto      a mean image, blue first: 100 x channel + its position, row by row
caffe.json            an image, red first, and what the net answers to it, computed by PyTorch
"""

import json
import os
import sys
from pathlib import Path

os.environ["PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"] = "python"
sys.path.insert(0, sys.argv[1])
import caffe_pb2 as caffe
import torch
from google.protobuf import text_format
from torch.nn import functional as F

here = Path(__file__).parent
torch.manual_seed(3)
weights = {
    "conv1": [torch.randn(4, 3, 3, 3) * 0.01, torch.randn(4)],
    "conv2": [torch.randn(6, 2, 3, 3), torch.randn(6)],
    "fc3": [torch.randn(5, 6 * 3 * 3), torch.randn(5)],
}


def describe(net):
    net.name = "small"

    def layer(kind, name, bottom, top=None):
        made = net.layer.add()
        made.name, made.type = name, kind
        if bottom:
            made.bottom.append(bottom)
        made.top.append(top or name)
        return made

    layer("Input", "data", None).input_param.shape.add().dim.extend([1, 3, 12, 12])
    conv = layer("Convolution", "conv1", "data").convolution_param
    conv.num_output, conv.stride[:] = 4, [1]
    conv.kernel_size[:] = [3]
    layer("ReLU", "relu1", "conv1", "conv1")
    lrn = layer("LRN", "norm1", "conv1").lrn_param
    lrn.local_size, lrn.alpha, lrn.beta = 3, 0.3, 0.75
    pool = layer("Pooling", "pool1", "norm1").pooling_param
    pool.pool, pool.kernel_size, pool.stride = 0, 3, 2  # 10 pixels: 4.5 windows, which Caffe rounds up.
    conv = layer("Convolution", "conv2", "pool1").convolution_param
    conv.num_output, conv.group, conv.pad_h, conv.pad_w, conv.kernel_h, conv.kernel_w = 6, 2, 1, 1, 3, 3
    layer("TanH", "tanh2", "conv2", "conv2")
    pool = layer("Pooling", "pool2", "conv2").pooling_param
    pool.pool, pool.kernel_size, pool.stride = 1, 1, 2
    layer("InnerProduct", "fc3", "pool2").inner_product_param.num_output = 5
    layer("Dropout", "drop3", "fc3", "fc3").dropout_param.dropout_ratio = 0.4
    layer("Softmax", "prob", "fc3")


net = caffe.NetParameter()
describe(net)
(here / "small.prototxt").write_text("# A description, without weights.\n" + text_format.MessageToString(net))

for made in net.layer:
    for tensor in weights.get(made.name, []):
        blob = made.blobs.add()
        blob.shape.dim.extend(tensor.shape)
        blob.data.extend(tensor.flatten().tolist())
(here / "small.caffemodel").write_bytes(net.SerializeToString())

old = caffe.NetParameter(name="small", input=["data"], input_dim=[1, 3, 12, 12])
kinds = {"Convolution": 4, "Dropout": 6, "InnerProduct": 14, "LRN": 15, "Pooling": 17, "ReLU": 18, "Softmax": 20, "TanH": 23}
for new in net.layer:
    if new.type == "Input":
        continue
    made = old.layers.add(name=new.name, bottom=list(new.bottom), top=list(new.top))
    made.type = kinds[new.type]
    for settings in ["convolution_param", "dropout_param", "inner_product_param", "lrn_param", "pooling_param"]:
        if new.HasField(settings):
            getattr(made, settings).CopyFrom(getattr(new, settings))
    for tensor in weights.get(new.name, []):
        blob = made.blobs.add()
        extents = [1] * (4 - tensor.dim()) + list(tensor.shape)
        blob.num, blob.channels, blob.height, blob.width = extents
        blob.data.extend(tensor.flatten().tolist())
(here / "small-v1.caffemodel").write_bytes(old.SerializeToString())

mean = caffe.BlobProto(num=1, channels=3, height=4, width=5)
mean.data.extend(100 * channel + at for channel in range(3) for at in range(20))
(here / "mean.binaryproto").write_bytes(mean.SerializeToString())

image = torch.rand(1, 3, 12, 12) * 255
x = F.relu(F.conv2d(image.flip(1), *weights["conv1"]))
x = F.local_response_norm(x, 3, 0.3, 0.75, 1.0)
x = F.max_pool2d(x, 3, 2, ceil_mode=True)
x = torch.tanh(F.conv2d(x, *weights["conv2"], padding=1, groups=2))
x = F.avg_pool2d(x, 1, 2)
x = F.linear(x.flatten(1), *weights["fc3"])
(here / "caffe.json").write_text(json.dumps({"image": image.flatten().tolist(), "answer": x.flatten().tolist()}) + "\n")
