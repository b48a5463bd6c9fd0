"""Do the ONNX files give what the tflite files they come from give?

`python models/parity.py` prints the largest difference of each output over crops of the frames in sample_videos, and
over noise. The heavy model's tflite file is not in the bundle: `--heavy FILE` compares it too. It fails when a
difference is over both its bound and the difference between tflite's own two sets of kernels: where rounding moves an
output that far in tflite itself (the presence of a body half out of the crop, all landmarks on noise), no closer
agreement can be asked for.
Needs `ai-edge-litert`.
"""

import argparse
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
import onnxruntime
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from bundle import DETECTOR, LANDMARKS
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]

MODELS: Final = Path(__file__).resolve().parent
HEAVY: Final = "pose_landmark_heavy.tflite"
SOURCES: Final = {
    "pose_detection.onnx": DETECTOR,
    "pose_landmark_full.onnx": LANDMARKS,
    "pose_landmark_full_mask.onnx": LANDMARKS,
    "pose_landmark_heavy.onnx": HEAVY,
}
"""Each ONNX file, and the tflite file that it comes from; all but heavy's are in the bundle."""

TFLITE_OUTPUTS: Final = {
    DETECTOR: ("boxes", "scores"),
    LANDMARKS: ("landmarks", "presence", "mask", "heatmap", "world"),
    HEAVY: ("landmarks", "presence", "mask", "heatmap", "world"),
}
"""The outputs of each tflite file, in its order."""

# The limits of landmarks, presence and world were set before the first build; the others are ours, each two to ten
# times what was seen (see README.md).
BOUNDS: Final = {
    "landmarks x, y, z": (0.01, "px"),
    "landmarks visibility, presence": (1e-3, "logit"),
    "presence": (5e-5, ""),
    "mask": (0.02, "probability"),
    "heatmap": (5e-3, "logit"),
    "world": (5e-5, "m"),
    "boxes": (0.01, "px"),
    "scores": (5e-3, "logit"),
}
"""The largest difference allowed for each quantity where tflite agrees with itself, and its unit."""

Model: TypeAlias = Callable[[Array], dict[str, Array]]
"""Takes (1, n, n, 3) float32; gives arrays by the name of their quantity."""


def main() -> None:
    """Check the files that lie beside this script."""
    parser = argparse.ArgumentParser(description="Compare the ONNX files with tflite.")
    parser.add_argument("--heavy", type=Path, help="pose_landmark_heavy.tflite; without it heavy is not compared")
    heavy: Path | None = parser.parse_args().heavy
    check(MODELS, heavy.read_bytes() if heavy else None)


def check(folder: Path, heavy: bytes | None = None) -> None:
    """Print the differences of the ONNX files in a folder; `SystemExit` when one is too large."""
    with zipfile.ZipFile(folder / "pose_landmarker_full.task") as archive:
        sources = {source: archive.read(source) for source in (DETECTOR, LANDMARKS)}
    if heavy is not None:
        sources[HEAVY] = heavy
    heads = ("frames", "tflite's", "noise", "tflite's", "bound")
    print(f"{'file':29}{'quantity':31}" + "".join(f"{head:>10}" for head in heads))
    failures = [line for source, tflite in sources.items() for line in _failures(folder, source, tflite)]
    if failures:
        raise SystemExit(f"the ONNX files differ too much from tflite in: {', '.join(failures)}")


def _failures(folder: Path, source: str, tflite: bytes) -> list[str]:
    models = {name: _onnx(folder / name) for name, its_source in SOURCES.items() if its_source == source}
    both = _tflite(tflite, source), _tflite(tflite, source, plain=True)
    on_frames, on_noise = _differences(models, *both, _pictures(source)), _differences(models, *both, _noise(source))
    failures = []
    for (name, quantity), (frames, own_frames) in sorted(on_frames.items()):
        noise, own_noise = on_noise[name, quantity]
        bound, unit = BOUNDS[quantity]
        numbers = "".join(f"{number:10.1e}" for number in (frames, own_frames, noise, own_noise, bound))
        print(f"{name:29}{quantity:31}{numbers} {unit}")
        # Written so that a NaN fails.
        if not (frames <= max(bound, own_frames) and noise <= max(bound, own_noise)):
            failures.append(f"{quantity} of {name}")
    return failures


def _tflite(tflite: bytes, source: str, *, plain: bool = False) -> Model:
    """A tflite file run by XNNPACK, as mediapipe runs it, or by tflite's own plain kernels."""
    resolver = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES if plain else OpResolverType.AUTO
    interpreter = Interpreter(model_content=tflite, experimental_op_resolver_type=resolver)
    interpreter.allocate_tensors()
    image = interpreter.get_input_details()[0]["index"]
    places = [detail["index"] for detail in interpreter.get_output_details()]

    def run(picture: Array) -> dict[str, Array]:
        interpreter.set_tensor(image, picture)
        interpreter.invoke()
        outputs = [interpreter.get_tensor(place) for place in places]
        return _quantities(dict(zip(TFLITE_OUTPUTS[source], outputs, strict=True)))

    return run


def _onnx(path: Path) -> Model:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return lambda picture: _quantities(dict(zip(names, session.run(names, {"image": picture}), strict=True)))


def _quantities(outputs: Mapping[str, Array]) -> dict[str, Array]:
    """The outputs: a landmark's numbers parted by their unit, the mask's logits (-1900 to 270) made probabilities."""
    quantities = dict(outputs)
    if "landmarks" in quantities:
        rows = quantities.pop("landmarks").reshape(39, 5)
        quantities |= {"landmarks x, y, z": rows[:, :3], "landmarks visibility, presence": rows[:, 3:]}
    if "mask" in quantities:
        quantities["mask"] = 1 / (1 + np.exp(-np.clip(quantities["mask"], -60, 60)))
    return quantities


def _differences(
    models: Mapping[str, Model], tflite: Model, plain: Model, pictures: Iterable[Array]
) -> dict[tuple[str, str], tuple[float, float]]:
    """For each model and quantity the largest differences: ONNX from tflite, and tflite's two sets of kernels."""
    found: dict[tuple[str, str], list[Array]] = {}
    for picture in pictures:
        truth, other = tflite(picture), plain(picture)
        for name, onnx in models.items():
            for quantity, values in onnx(picture).items():
                pair = [np.abs(array - truth[quantity]).max() for array in (values, other[quantity])]
                found.setdefault((name, quantity), []).append(np.array(pair))
    largest = {key: np.max(pairs, axis=0) for key, pairs in found.items()}
    return {key: (float(ours), float(own)) for key, (ours, own) in largest.items()}


def _pictures(source: str) -> Iterator[Array]:
    """Squares of the sample videos as the model takes them, upright and turned, tight and wide."""
    for frame in _frames():
        height, width = frame.shape[:2]
        if source == DETECTOR:
            yield _square(frame, max(height, width), 0, 224) * np.float32(2 / 255) - np.float32(1)
        else:
            for side in (height, 1.5 * height):
                for degrees in (0, 90):
                    yield _square(frame, side, degrees, 256) * np.float32(1 / 255)


def _frames() -> Iterator[Array]:
    for path in sorted(MODELS.parent.glob("sample_videos/*.mp4")):
        video = cv2.VideoCapture(str(path))
        count = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
        for number in np.linspace(0, count - 1, 6)[1:-1].astype(int):
            video.set(cv2.CAP_PROP_POS_FRAMES, int(number))
            found, frame = video.read()
            if not found:
                raise SystemExit(f"frame {number} of {path.name} cannot be read")
            yield frame[..., ::-1]


def _square(frame: Array, side: float, degrees: float, pixels: int) -> Array:
    """(1, pixels, pixels, 3) float32 in 0..255: a square of `side` pixels about the frame's centre."""
    height, width = frame.shape[:2]
    transform = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, pixels / side)
    transform[:, 2] += (pixels - width) / 2, (pixels - height) / 2
    return cv2.warpAffine(np.ascontiguousarray(frame), transform, (pixels, pixels)).astype(np.float32)[None]


def _noise(source: str) -> Iterator[Array]:
    random = np.random.default_rng(0)
    for _ in range(6):
        if source == DETECTOR:
            yield random.uniform(-1, 1, (1, 224, 224, 3)).astype(np.float32)
        else:
            yield random.uniform(0, 1, (1, 256, 256, 3)).astype(np.float32)


if __name__ == "__main__":
    main()
