"""One measured run in a process of its own: `python -m benchmarks.pipeline.side SIDE VIDEO CORES OUT`.

CORES are numbers with commas between; OUT, a JSON file, gets the figures and, of formcheck, the report. The side
`solutions` runs under a Python with mediapipe 0.10.21 and without formcheck, so each side imports what it needs itself.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from benchmarks.pipeline.stopwatch import Stopwatch

Outcome = tuple[int, dict[str, Any] | None]
"""The number of frames, and the report as formcheck writes it."""
Ready = Callable[[Path], Outcome]
"""Takes a video through one side's pipeline, once its modules are imported."""

LOAD: Final = "load the models"
OUTSIDE: Final = "outside"
"""What a user of that side would not do: it is left out of every figure."""

NETWORKS: Final = {
    "pose_detection.onnx": "detector",
    "pose_landmark_full.onnx": "landmark network",
    "pose_landmark_full_mask.onnx": "landmark network with mask",
    "pose_landmark_heavy.onnx": "heavy landmark network",
}

HOOKS: Final = (
    ("media.video", "Screen.show", "colour of the whole picture"),
    ("media.video", "Video.info", "check sum"),
    ("media.writer", "VideoWriter.write", "write the video"),
    ("media.writer", "VideoWriter._encode", "encode"),
    ("media.writer", "VideoWriter._finish", "write the video"),
    ("pose.networks", "_crop", "crop"),
    ("pose.networks", "contours", "mask to contours"),
    ("pose.networks", "Networks.detect", "around the networks"),
    ("pose.networks", "Networks.landmarks", "around the networks"),
    ("pose.blazepose", "BlazePose.feed", "around the networks"),
    ("pose.networks", "Networks.__init__", LOAD),
    ("pose.ball", "find", "ball"),
    ("pose.blazepose", "seen", "what is hidden"),
    ("core.session", "Session.feed", "core"),
    ("core.session", "Session.finish", "core"),
    ("formats.npz", "PosesWriter.append", "keep landmarks"),
    ("recorded", "write_report", "report"),
    ("report.annotate", "draw", "draw"),
)
"""Module of formcheck, callable, stage."""


def watch_formcheck(watch: Stopwatch) -> None:
    """Hook formcheck's stages."""
    from importlib import import_module  # noqa: PLC0415

    modules = {name: import_module(f"formcheck.{name}") for name in {hook[0] for hook in HOOKS}}
    for module, path, stage in HOOKS:
        watch.hook(modules[module], path, stage)
    watch.hook(modules["media.video"], "_pictures", "decode", steps=True)
    watch.made(modules["pose.networks"], "_session", LOAD, lambda name, *_: {"run": NETWORKS[name]})


def formcheck(watch: Stopwatch, **options: Any) -> Ready:
    """`formcheck.analyze`: nothing is written."""
    from formcheck.recorded import analyze  # noqa: PLC0415

    watch_formcheck(watch)

    def run(video: Path) -> Outcome:
        report = analyze(video, **options)
        return report.video.frames, report.to_dict()

    return run


def fast(watch: Stopwatch) -> Ready:
    """The same with `--quality fast`."""
    return formcheck(watch, quality="fast")


def best(watch: Stopwatch) -> Ready:
    """The same with `--quality best`."""
    return formcheck(watch, quality="best")


def formcheck_video(watch: Stopwatch) -> Ready:
    """What `formcheck analyze --annotated` does: landmarks, report, page and annotated video are written."""
    from formcheck.recorded import Options, analyze_into  # noqa: PLC0415

    watch_formcheck(watch)

    def run(video: Path) -> Outcome:
        with tempfile.TemporaryDirectory() as folder:
            report = analyze_into(Path(folder), video, Options.of(), annotated=True)
        return report.video.frames, report.to_dict()

    return run


def solutions(watch: Stopwatch) -> Ready:
    """`solutions.pose` of mediapipe 0.10.21, as the accuracy benchmark calls it."""
    from benchmarks.accuracy import solutions as rival  # noqa: PLC0415

    pose: Any = rival.mediapipe.solutions.pose.Pose
    watch.hook(pose, "__init__", LOAD)
    watch.hook(pose, "process", "mediapipe")
    watch.hook(rival.np, "savez_compressed", OUTSIDE)
    watch_opencv(watch, rival.cv2)

    def run(video: Path) -> Outcome:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "landmarks.npz"
            rival.main(str(video), str(out))
            with watch.stage(OUTSIDE), rival.np.load(out) as arrays:
                return len(arrays["image"]), None

    return run


def tasks(watch: Stopwatch) -> Ready:
    """PoseLandmarker of mediapipe 1.2 through `formcheck.pose.tasks`, the frames read by OpenCV."""
    import cv2  # noqa: PLC0415

    from formcheck.pose import tasks as rival  # noqa: PLC0415

    rival._mediapipe()
    watch.hook(rival.TasksPose, "__init__", LOAD)
    watch.hook(rival.TasksPose, "feed", "mediapipe")
    watch_opencv(watch, cv2)

    def run(video: Path) -> Outcome:
        capture, pose, frames = cv2.VideoCapture(str(video)), rival.TasksPose(), 0
        step = 1 / capture.get(cv2.CAP_PROP_FPS)
        while True:
            found, frame = capture.read()
            if not found:
                return frames, None
            pose.feed(frames * step, cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))
            frames += 1

    return run


def watch_opencv(watch: Stopwatch, cv2: Any) -> None:
    """Hook what reads and converts frames."""
    watch.made(cv2, "VideoCapture", "decode", lambda *_: {"read": "decode"})
    watch.hook(cv2, "cvtColor", "colour of the whole picture")


SIDES: Final[dict[str, Callable[[Stopwatch], Ready]]] = {
    "formcheck": formcheck,
    "formcheck with video": formcheck_video,
    "solutions.pose 0.10.21": solutions,
    "PoseLandmarker 1.2": tasks,
    "formcheck fast": fast,
    "formcheck best": best,
}


def main(side: str, video: str, cores: str, out: str) -> None:
    """Run and write the figures: `import_s` is imports, `load_s` models, `seconds` and `cpu_s` are all the rest."""
    # Before anything is imported: libraries count the cores when they start.
    os.sched_setaffinity(0, {int(core) for core in cores.split(",")})
    watch = Stopwatch()
    began = time.perf_counter()
    run = SIDES[side](watch)
    imported = time.perf_counter() - began
    began, cpu = time.perf_counter(), time.process_time()
    with watch.stage("else"):
        frames, report = run(Path(video))
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    (load, load_cpu), (outside, outside_cpu) = (watch.seconds.pop(name, (0.0, 0.0)) for name in (LOAD, OUTSIDE))
    figures = {
        **{"frames": frames, "seconds": took - load - outside, "cpu_s": cpu - load_cpu - outside_cpu},
        **{"import_s": imported, "load_s": load, "stages": watch.seconds, "calls": watch.calls, "report": report},
    }
    Path(out).write_text(json.dumps(figures), "utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 5 or sys.argv[1] not in SIDES:
        sys.exit(__doc__)
    main(*sys.argv[1:])
