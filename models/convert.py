"""tflite -> ONNX for the two BlazePose models: the operators and options they use, and no others.

Inputs and outputs keep their tflite shapes; in between, four-dimensional tensors are channels first, as ONNX wants
them. The weights are half precision in the source and stay so, so nothing is rounded. (tf2onnx fails on the
detector's sparse weights.) Needs `onnx`, and `mediapipe` for its copy of the tflite schema.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import numpy as np
import onnx
from mediapipe.tasks.metadata import schema_py_generated as schema
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Array: TypeAlias = NDArray[Any]

INPUT: Final = "image"
"""Name of the one input of each ONNX file."""

_OPSET: Final = 17
_IR_VERSION: Final = 8  # of onnx 1.12, the first with opset 17: readable by every onnxruntime since 1.12

_OP: Final = schema.BuiltinOperator
_OP_NAMES: Final = {code: name for name, code in vars(_OP).items() if isinstance(code, int)}
_DTYPES: Final = {
    schema.TensorType.FLOAT32: np.float32,
    schema.TensorType.FLOAT16: np.float16,
    schema.TensorType.INT32: np.int32,
}
_TO_CHANNELS_FIRST: Final = (0, 3, 1, 2)
_TO_CHANNELS_LAST: Final = (0, 2, 3, 1)


def convert(tflite: bytes, outputs: Mapping[int, str]) -> bytes:
    """The ONNX file of a BlazePose tflite file; the same bytes for the same input and version of onnx.

    `outputs` gives a name to each output that is wanted, by its place in the tflite file; what only the others need
    is left out. Raises `ValueError` on anything that the two models do not contain.
    """
    graph = _Graph(schema.ModelT.InitFromPackedBuf(bytearray(tflite), 0))
    for op in graph.source.operators:
        graph.convert(op)
    for place, name in outputs.items():
        graph.finish(int(graph.source.outputs[place]), name)
    model = graph.model(list(outputs.values()))
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)  # type: ignore[no-any-return]


class _Graph:
    """The ONNX graph while it grows; tensors are known by their index in the tflite file."""

    def __init__(self, model: Any) -> None:
        self.source = model.subgraphs[0]
        self.codes = [max(code.builtinCode, code.deprecatedBuiltinCode) for code in model.operatorCodes]
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.outputs: list[onnx.ValueInfoProto] = []
        buffers = [buffer.data for buffer in model.buffers]
        self.constants = {
            i: _constant(tensor, buffers[tensor.buffer])
            for i, tensor in enumerate(self.source.tensors)
            if buffers[tensor.buffer] is not None and len(buffers[tensor.buffer])
        }
        self.input = int(self.source.inputs[0])
        self.names = {self.input: self.add("Transpose", INPUT, perm=_TO_CHANNELS_FIRST)}

    def shape(self, tensor: int) -> list[int]:
        return [int(n) for n in self.source.tensors[tensor].shape]

    def convert(self, op: Any) -> None:
        code = self.codes[op.opcodeIndex]
        if code not in _OPERATORS:
            raise ValueError(f"the operator {_OP_NAMES.get(code, code)} is not one of the BlazePose models")
        _OPERATORS[code](self, op)

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """One more node; the name of its output."""
        name = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, value: Array) -> str:
        """One more constant; the name to use it by. Half precision is widened when the file is loaded."""
        name = f"c{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return self.add("Cast", name, to=TensorProto.FLOAT) if value.dtype == np.float16 else name

    def activate(self, name: str, function: int) -> str:
        """The fused activation of an operator, as a node of its own."""
        if function == schema.ActivationFunctionType.NONE:
            return name
        if function != schema.ActivationFunctionType.RELU6:
            raise ValueError(f"the activation function {function} is not one of the BlazePose models")
        return self.add("Clip", name, *(self.constant(np.array(bound, np.float32)) for bound in (0, 6)))

    def channels_last(self, tensor: int) -> str:
        """The name of a value with its axes in the tflite order."""
        name = self.names[tensor]
        return self.add("Transpose", name, perm=_TO_CHANNELS_LAST) if len(self.shape(tensor)) == 4 else name

    def finish(self, tensor: int, name: str) -> None:
        self.nodes.append(helper.make_node("Identity", [self.channels_last(tensor)], [name]))
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, self.shape(tensor)))

    def model(self, wanted: list[str]) -> onnx.ModelProto:
        """The finished model, with only the nodes and weights that the outputs need."""
        needed, nodes = set(wanted), []
        for node in reversed(self.nodes):
            if node.output[0] in needed:
                needed.update(node.input)
                nodes.append(node)
        weights = [weight for weight in self.weights if weight.name in needed]
        image = helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, self.shape(self.input))
        graph = helper.make_graph(nodes[::-1], "blazepose", [image], self.outputs, weights)
        opsets = [helper.make_opsetid("", _OPSET)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="formcheck")


def _constant(tensor: Any, data: Array) -> Array:
    values = np.frombuffer(data.tobytes(), _DTYPES[tensor.type])
    shape = [int(n) for n in tensor.shape]
    return values.reshape(shape) if tensor.sparsity is None else _dense(tensor.sparsity, values, shape)


def _dense(sparsity: Any, values: Array, shape: list[int]) -> Array:
    """A sparse tensor written out: each row along the last axis keeps only the columns listed for it."""
    kinds = [level.format for level in sparsity.dimMetadata]
    dense, sparse = schema.DimensionType.DENSE, schema.DimensionType.SPARSE_CSR
    if kinds != [dense] * (len(shape) - 1) + [sparse] or list(sparsity.traversalOrder) != list(range(len(shape))):
        raise ValueError("only tensors that are sparse along the last axis are known")
    rows = sparsity.dimMetadata[-1].arraySegments.values.astype(int)
    columns = sparsity.dimMetadata[-1].arrayIndices.values.astype(int)
    result = np.zeros((math.prod(shape[:-1]), shape[-1]), values.dtype)
    result[np.repeat(np.arange(len(result)), np.diff(rows)), columns] = values
    return result.reshape(shape)


def _padding(graph: _Graph, op: Any, kernel: tuple[int, int], stride: tuple[int, int]) -> list[int]:
    """Top, left, bottom, right. tflite's SAME puts the odd pixel at the end."""
    if op.builtinOptions.padding == schema.Padding.VALID:
        return [0, 0, 0, 0]
    size = graph.shape(int(op.inputs[0]))[1:3]
    total = [max((-(-n // s) - 1) * s + k - n, 0) for n, k, s in zip(size, kernel, stride, strict=True)]
    return [n // 2 for n in total] + [n - n // 2 for n in total]


def _stored(graph: _Graph, op: Any) -> None:
    """DENSIFY and DEQUANTIZE: the constants are dense here already, and ONNX widens them itself."""
    graph.constants[int(op.outputs[0])] = graph.constants[int(op.inputs[0])]


def _convolution(graph: _Graph, op: Any) -> None:
    image, kernel, bias = (int(i) for i in op.inputs)
    options, depthwise = op.builtinOptions, graph.codes[op.opcodeIndex] == _OP.DEPTHWISE_CONV_2D
    if (options.dilationHFactor, options.dilationWFactor) != (1, 1):
        raise ValueError("a convolution with dilation is not one of the BlazePose models")
    weights = graph.constants[kernel]
    size, stride = weights.shape[1:3], (options.strideH, options.strideW)
    name = graph.add(
        "Conv",
        graph.names[image],
        graph.constant(weights.transpose((3, 0, 1, 2) if depthwise else _TO_CHANNELS_FIRST)),
        graph.constant(graph.constants[bias]),
        kernel_shape=size,
        strides=stride,
        pads=_padding(graph, op, size, stride),
        group=graph.shape(image)[3] if depthwise else 1,
    )
    graph.names[int(op.outputs[0])] = graph.activate(name, options.fusedActivationFunction)


def _addition(graph: _Graph, op: Any) -> None:
    name = graph.add("Add", *(graph.names[int(i)] for i in op.inputs))
    graph.names[int(op.outputs[0])] = graph.activate(name, op.builtinOptions.fusedActivationFunction)


def _pad(graph: _Graph, op: Any) -> None:
    image, amounts = (int(i) for i in op.inputs)
    pads = graph.constants[amounts][list(_TO_CHANNELS_FIRST)].T.reshape(-1).astype(np.int64)
    graph.names[int(op.outputs[0])] = graph.add("Pad", graph.names[image], graph.constant(pads), mode="constant")


def _max_pool(graph: _Graph, op: Any) -> None:
    options = op.builtinOptions
    size, stride = (options.filterHeight, options.filterWidth), (options.strideH, options.strideW)
    pads = _padding(graph, op, size, stride)
    name = graph.add("MaxPool", graph.names[int(op.inputs[0])], kernel_shape=size, strides=stride, pads=pads)
    graph.names[int(op.outputs[0])] = graph.activate(name, options.fusedActivationFunction)


def _resize(graph: _Graph, op: Any) -> None:
    if op.builtinOptions.alignCorners or not op.builtinOptions.halfPixelCenters:
        raise ValueError("only resizing about half-pixel centres is known")
    before, after = graph.shape(int(op.inputs[0])), graph.shape(int(op.outputs[0]))
    scales = graph.constant(np.array([1, 1, after[1] / before[1], after[2] / before[2]], np.float32))
    attributes = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
    graph.names[int(op.outputs[0])] = graph.add("Resize", graph.names[int(op.inputs[0])], "", scales, **attributes)


def _depth_to_space(graph: _Graph, op: Any) -> None:
    block = op.builtinOptions.blockSize
    name = graph.add("DepthToSpace", graph.names[int(op.inputs[0])], blocksize=block, mode="DCR")
    graph.names[int(op.outputs[0])] = name


def _sigmoid(graph: _Graph, op: Any) -> None:
    graph.names[int(op.outputs[0])] = graph.add("Sigmoid", graph.names[int(op.inputs[0])])


def _reshape(graph: _Graph, op: Any) -> None:
    shape = graph.constant(np.array(graph.shape(int(op.outputs[0])), np.int64))
    graph.names[int(op.outputs[0])] = graph.add("Reshape", graph.channels_last(int(op.inputs[0])), shape)


def _join(graph: _Graph, op: Any) -> None:
    if len(graph.shape(int(op.outputs[0]))) == 4:
        raise ValueError("joining images is not one of the BlazePose models' operations")
    names = [graph.names[int(i)] for i in op.inputs]
    graph.names[int(op.outputs[0])] = graph.add("Concat", *names, axis=op.builtinOptions.axis)


_OPERATORS: Final[dict[int, Callable[[_Graph, Any], None]]] = {
    _OP.DENSIFY: _stored,
    _OP.DEQUANTIZE: _stored,
    _OP.CONV_2D: _convolution,
    _OP.DEPTHWISE_CONV_2D: _convolution,
    _OP.ADD: _addition,
    _OP.PAD: _pad,
    _OP.MAX_POOL_2D: _max_pool,
    _OP.RESIZE_BILINEAR: _resize,
    _OP.DEPTH_TO_SPACE: _depth_to_space,
    _OP.LOGISTIC: _sigmoid,
    _OP.RESHAPE: _reshape,
    _OP.CONCATENATION: _join,
}
