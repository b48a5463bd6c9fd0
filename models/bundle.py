"""The `.task` bundle that mediapipe's PoseLandmarker loads: the two tflite files in an uncompressed zip.

PoseLandmarker wants to be told how a picture becomes numbers. The detector's file says so already; the landmark
model's does not, so that is written into it here. Needs `mediapipe` for its copies of the two schemas.
"""

import io
import struct
import zipfile
from typing import Any, Final

import flatbuffers  # type: ignore[import-untyped]
import numpy as np
from mediapipe.tasks.metadata import metadata_schema_py_generated as metadata
from mediapipe.tasks.metadata import schema_py_generated as schema

DETECTOR: Final = "pose_detector.tflite"
LANDMARKS: Final = "pose_landmarks_detector.tflite"
"""The names by which PoseLandmarker looks for its models in the bundle."""

_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # a fixed time, so that the same models give the same bytes
_ALIGNMENT: Final = 16  # of the weights, as the tflite schema asks; unaligned weights are copied on loading
_HEADER: Final = 30  # bytes of a zip entry before its name
_ALIGNMENT_FIELD: Final = 0xD935  # of a zip entry: bytes that only move its data, as in Android packages


def bundle(detector: bytes, landmarks: bytes) -> bytes:
    """The bytes of a `.task` file from those of the two tflite files; the same bytes for the same input."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in ((DETECTOR, detector), (LANDMARKS, with_range(landmarks))):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.extra = _filler(buffer.tell() + _HEADER + len(name))
            archive.writestr(entry, data)
    return buffer.getvalue()


def _filler(start: int) -> bytes:
    """An extra field for a zip entry that would start at `start` and shall start at a multiple of the alignment."""
    size = -(start + 4) % _ALIGNMENT
    return struct.pack("<HH", _ALIGNMENT_FIELD, size) + bytes(size)


class _AlignedBuilder(flatbuffers.Builder):  # type: ignore[misc]
    """Aligns each array, which the schema asks of weights and the generated code forgets."""

    def StartVector(self, elemSize: int, numElems: int, alignment: int) -> int:  # noqa: N802, N803
        return super().StartVector(elemSize, numElems, max(alignment, _ALIGNMENT))  # type: ignore[no-any-return]


def with_range(tflite: bytes) -> bytes:
    """A tflite file with the note that its input is a picture scaled from 0..255 to 0..1."""
    model = schema.ModelT.InitFromPackedBuf(bytearray(tflite), 0)
    model.buffers.append(schema.BufferT())
    model.buffers[-1].data = np.frombuffer(_note(len(model.subgraphs[0].outputs)), np.uint8)
    entry = schema.MetadataT()
    entry.name, entry.buffer = "TFLITE_METADATA", len(model.buffers) - 1
    model.metadata.append(entry)
    return _packed(model, b"TFL3")


def _note(outputs: int) -> bytes:
    graph = metadata.SubGraphMetadataT()
    graph.inputTensorMetadata = [_picture()]
    graph.outputTensorMetadata = [metadata.TensorMetadataT() for _ in range(outputs)]
    note = metadata.ModelMetadataT()
    note.subgraphMetadata = [graph]
    note.minParserVersion = "1.0.0"  # the first that knows NormalizationOptions
    return _packed(note, b"M001")


def _picture() -> Any:
    properties = metadata.ImagePropertiesT()
    properties.colorSpace = metadata.ColorSpaceType.RGB
    content = metadata.ContentT()
    content.contentPropertiesType = metadata.ContentProperties.ImageProperties
    content.contentProperties = properties
    options = metadata.NormalizationOptionsT()
    options.mean, options.std = [0.0], [255.0]
    step = metadata.ProcessUnitT()
    step.optionsType, step.options = metadata.ProcessUnitOptions.NormalizationOptions, options
    tensor = metadata.TensorMetadataT()
    tensor.name, tensor.content, tensor.processUnits = "image", content, [step]
    return tensor


def _packed(table: Any, identifier: bytes) -> bytes:
    builder = _AlignedBuilder(0)
    builder.Finish(table.Pack(builder), identifier)
    return bytes(builder.Output())
