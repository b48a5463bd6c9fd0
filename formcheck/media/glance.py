"""Single pictures of a recording, by their times, without reading all of it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from formcheck.filming import Filming
from formcheck.findings import VideoInfo
from formcheck.media.still import is_picture
from formcheck.media.video import Frame, Screen, Video, open_file, video_stream

_NO_SEEK: Final = ("avi", "gif")
"""Containers whose times are known only in the order of reading."""

_SLACK_S: Final = 0.004  # ours: times are rounded on their way


def pictures(source: Path, info: VideoInfo, times: Sequence[float]) -> Iterator[tuple[float, Frame]]:
    """The frame shown at each of some times of the report, in order of time; those beyond the end are left out.

    Raises `VideoError` where the file cannot be read.
    """
    wanted = sorted(set(times))
    if is_picture(source) or not wanted:
        return
    with open_file(source) as container:
        stream = video_stream(source, container)
        if not any(name in _NO_SEEK for name in container.format.name.split(",")):
            yield from _sought(container, stream, info, wanted)
            return
    yield from _read(source, info, wanted)


def _sought(
    container: InputContainer, stream: VideoStream, info: VideoInfo, wanted: Sequence[float]
) -> Iterator[tuple[float, Frame]]:
    unit, origin = stream.time_base, None
    screen: Screen | None = None
    for time in wanted:
        last = None
        if origin is not None and unit is not None:
            container.seek(max(0, origin + int(time / info.speed / unit)), stream=stream)
        try:
            for picture in container.decode(stream):
                if picture.pts is None or picture.time_base is None:
                    continue
                origin = picture.pts if origin is None else origin
                screen = screen or Screen(picture, stream.sample_aspect_ratio)
                at = float((picture.pts - origin) * picture.time_base) * info.speed
                if last is not None and at > time + _SLACK_S:
                    break
                last = (at, picture)
        except av.FFmpegError:
            continue
        if last is not None and screen is not None and last[0] <= time + _SLACK_S:
            yield time, Frame(last[0], screen.show(last[1])).turned(info.rotate)


def _read(source: Path, info: VideoInfo, wanted: Sequence[float]) -> Iterator[tuple[float, Frame]]:
    with Video(source, Filming(None, info.rotate, info.speed)) as video:
        left, last = list(wanted), None
        for frame in video.frames():
            while left and last is not None and frame.time > left[0] + _SLACK_S:
                yield left.pop(0), last
            last = frame
            if not left:
                return
        if left and last is not None:
            yield left[0], last
