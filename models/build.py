"""Builds every model file in this folder from three tflite files: two of a wheel, one of a package of npm.

`python models/build.py` downloads the wheel with pip and the package with npm; `--wheel FILE` and `--package FILE` take
what is there. Nothing is replaced until the new files agree with tflite (parity.py). README.md says what to install
first.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Final

from bundle import bundle
from convert import convert

MODELS: Final = Path(__file__).resolve().parent
RELEASE: Final = "mediapipe==0.10.21"  # the last whose wheel carries the pose models
PACKAGE: Final = "@mediapipe/pose@0.5.1675469404"  # of npm: the wheel has no heavy model
DETECTOR: Final = (
    "mediapipe/modules/pose_detection/pose_detection.tflite",
    "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
)
LANDMARKS: Final = (
    "mediapipe/modules/pose_landmark/pose_landmark_full.tflite",
    "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
)
"""Where the two models lie in the wheel, and their SHA-256."""
HEAVY: Final = (
    "package/pose_landmark_heavy.tflite",
    "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe",
)
"""The same of the model in the package."""

DETECTOR_OUTPUTS: Final = {0: "boxes", 1: "scores"}
LANDMARK_OUTPUTS: Final = {0: "landmarks", 1: "presence", 2: "mask", 3: "heatmap", 4: "world"}
"""Place of each output in the tflite file -> its name in the ONNX file."""


def main() -> None:
    """Build, check and put in place."""
    import parity  # noqa: PLC0415 - here, because the tests rebuild the models where ai-edge-litert is not installed

    parser = argparse.ArgumentParser(description="Build the model files in this folder.")
    parser.add_argument("--wheel", type=Path, help="a wheel of mediapipe 0.10.21; downloaded when not given")
    parser.add_argument("--package", type=Path, help="the tarball of @mediapipe/pose; downloaded when not given")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large = heavy_source(given.package or packed(folder))
        files = built(*sources(given.wheel or downloaded(folder)), large)
        for file, data in files.items():
            (folder / file).write_bytes(data)
        (folder / "SHA256SUMS").write_text(sums(files), encoding="utf-8", newline="\n")
        parity.check(folder, large)
        for file in (*files, "SHA256SUMS"):
            shutil.copyfile(folder / file, MODELS / file)


def downloaded(folder: Path) -> Path:
    """The wheel, fetched by pip. Every platform's wheel holds the same models, so one is named for all machines."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--dest", str(folder)]
    command += ["--python-version", "3.12", "--platform", "manylinux_2_28_x86_64", RELEASE]
    if subprocess.run(command, check=False).returncode:
        raise SystemExit(f"pip could not download {RELEASE}; give a wheel with --wheel FILE")
    return next(folder.glob("mediapipe-*.whl"))


def packed(folder: Path) -> Path:
    """The package's tarball, fetched by npm."""
    if subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=False).returncode:
        raise SystemExit(f"npm could not download {PACKAGE}; give its tarball with --package FILE")
    return next(folder.glob("mediapipe-pose-*.tgz"))


def heavy_source(package: Path) -> bytes:
    """The tflite file of the heavy landmark model. `SystemExit` when it is not the known one."""
    path, digest = HEAVY
    try:
        with tarfile.open(package) as archive:
            member = archive.extractfile(path)
            data = member.read() if member else b""
    except (OSError, tarfile.TarError, KeyError) as error:
        raise SystemExit(f"{package} is not the tarball of {PACKAGE}: {error}") from None
    if hashlib.sha256(data).hexdigest() != digest:
        raise SystemExit(f"{path} in {package} is not the one of {PACKAGE}: its SHA-256 must be {digest}")
    return data


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


def built(detector: bytes, landmarks: bytes, heavy: bytes | None = None) -> dict[str, bytes]:
    """The model files by name, from the tflite files; without `heavy` all but the one that comes from it."""
    without_mask = {place: name for place, name in LANDMARK_OUTPUTS.items() if name != "mask"}
    files = {
        "pose_detection.onnx": convert(detector, DETECTOR_OUTPUTS),
        "pose_landmark_full.onnx": convert(landmarks, without_mask),
        "pose_landmark_full_mask.onnx": convert(landmarks, LANDMARK_OUTPUTS),
        "pose_landmarker_full.task": bundle(detector, landmarks),
    }
    return files if heavy is None else files | {"pose_landmark_heavy.onnx": convert(heavy, without_mask)}


def sums(files: dict[str, bytes]) -> str:
    """The lines of SHA256SUMS."""
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))


if __name__ == "__main__":
    main()
