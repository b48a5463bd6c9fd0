"""Builds every model file in this folder from the two tflite files of the mediapipe 0.10.21 wheel.

`python models/build.py` downloads the wheel with pip; `--wheel FILE` takes one that is there. Nothing is replaced
until the new files agree with tflite (parity.py). README.md says what to install first.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Final

from bundle import bundle
from convert import convert

MODELS: Final = Path(__file__).resolve().parent
RELEASE: Final = "mediapipe==0.10.21"  # the last whose wheel carries the pose models
DETECTOR: Final = (
    "mediapipe/modules/pose_detection/pose_detection.tflite",
    "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
)
LANDMARKS: Final = (
    "mediapipe/modules/pose_landmark/pose_landmark_full.tflite",
    "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
)
"""Where the two models lie in the wheel, and their SHA-256."""

DETECTOR_OUTPUTS: Final = {0: "boxes", 1: "scores"}
LANDMARK_OUTPUTS: Final = {0: "landmarks", 1: "presence", 2: "mask", 3: "heatmap", 4: "world"}
"""Place of each output in the tflite file -> its name in the ONNX file."""


def main() -> None:
    """Build, check and put in place."""
    import parity  # noqa: PLC0415 - here, because the tests rebuild the models where ai-edge-litert is not installed

    parser = argparse.ArgumentParser(description="Build the model files in this folder.")
    parser.add_argument("--wheel", type=Path, help="a wheel of mediapipe 0.10.21; downloaded when not given")
    wheel: Path | None = parser.parse_args().wheel
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = built(*sources(wheel or downloaded(folder)))
        for file, data in files.items():
            (folder / file).write_bytes(data)
        (folder / "SHA256SUMS").write_text(sums(files), encoding="utf-8", newline="\n")
        parity.check(folder)
        for file in (*files, "SHA256SUMS"):
            shutil.copyfile(folder / file, MODELS / file)


def downloaded(folder: Path) -> Path:
    """The wheel, fetched by pip. Every platform's wheel holds the same models, so one is named for all machines."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--dest", str(folder)]
    command += ["--python-version", "3.12", "--platform", "manylinux_2_28_x86_64", RELEASE]
    if subprocess.run(command, check=False).returncode:
        raise SystemExit(f"pip could not download {RELEASE}; give a wheel with --wheel FILE")
    return next(folder.glob("mediapipe-*.whl"))


def sources(wheel: Path) -> tuple[bytes, bytes]:
    """The tflite files of the detector and of the landmark model. `SystemExit` when they are not the known ones."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            found = tuple(archive.read(path) for path, _ in (DETECTOR, LANDMARKS))
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        raise SystemExit(f"{wheel} is not a wheel of {RELEASE}: {error}") from None
    for data, (path, digest) in zip(found, (DETECTOR, LANDMARKS), strict=True):
        if hashlib.sha256(data).hexdigest() != digest:
            raise SystemExit(f"{path} in {wheel} is not the one of {RELEASE}: its SHA-256 must be {digest}")
    return found[0], found[1]


def built(detector: bytes, landmarks: bytes) -> dict[str, bytes]:
    """The model files by name, from the two tflite files."""
    without_mask = {place: name for place, name in LANDMARK_OUTPUTS.items() if name != "mask"}
    return {
        "pose_detection.onnx": convert(detector, DETECTOR_OUTPUTS),
        "pose_landmark_full.onnx": convert(landmarks, without_mask),
        "pose_landmark_full_mask.onnx": convert(landmarks, LANDMARK_OUTPUTS),
        "pose_landmarker_full.task": bundle(detector, landmarks),
    }


def sums(files: dict[str, bytes]) -> str:
    """The lines of SHA256SUMS."""
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))


if __name__ == "__main__":
    main()
