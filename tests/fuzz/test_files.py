"""Files that are damaged in every way: each is read or refused in words, in bounded time and memory."""

import io
import os
import random
import resource
import signal
import struct
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import av
import cv2
import docx
import numpy as np
import pptx
import pytest
from reportlab.pdfgen.canvas import Canvas

from accounts import student_lists
from gpu_tasks import audio
from gpu_tasks.engines.avatar.portrait import clip, formats, upload
from gpu_tasks.engines.errors import BadPortrait
from sessions_app.ingestion import files
from sessions_app.ingestion.readers import Unreadable, reader
from tests.environment import REPOSITORY
from tests.fuzz.conftest import Tell, sizes

SECONDS = 20
GROWTH = 700
"""MB above what the process had, for one file."""


def tone(container: str, codec: str) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format=container) as output:
        stream = output.add_stream(codec, rate=48_000, layout="mono")
        wave = (np.sin(np.arange(24_000) / 20) * 9_000).astype(np.int16)[None]
        frame = av.AudioFrame.from_ndarray(wave, format="s16", layout="mono")
        frame.sample_rate = 48_000
        for packet in [*stream.encode(av.AudioResampler(stream.format, "mono", 48_000).resample(frame)[0])]:
            output.mux(packet)
        output.mux(stream.encode(None))
    return out.getvalue()


def film() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4", options={"movflags": "frag_keyframe+empty_moov"}) as output:
        stream = output.add_stream("h264", rate=25)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for number in range(25):
            picture = np.full((64, 64, 3), number * 10, np.uint8)
            output.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        output.mux(stream.encode(None))
    return out.getvalue()


def picture(suffix: str) -> bytes:
    noise = np.random.default_rng(1).integers(0, 255, (80, 60, 3), dtype=np.uint8)
    return cv2.imencode(suffix, noise)[1].tobytes()


def pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    for number in range(3):
        canvas.bookmarkPage(str(number))
        canvas.addOutlineEntry(f"Chapter {number}", str(number))
        canvas.drawString(72, 700, f"Plants need light. {number}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def word() -> bytes:
    document, out = docx.Document(), io.BytesIO()
    document.add_heading("Plants")
    document.add_paragraph("Plants need light.")
    document.add_table(2, 2).cell(0, 0).text = "leaf"
    document.save(out)
    return out.getvalue()


def slides() -> bytes:
    shown, out = pptx.Presentation(), io.BytesIO()
    slide = shown.slides.add_slide(shown.slide_layouts[1])
    slide.shapes.title.text = "Plants"
    slide.notes_slide.notes_text_frame.text = "need light"
    shown.save(out)
    return out.getvalue()


def read_document(kind: str) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        files.kind_of(f"lesson.{kind}", data)
        with tempfile.NamedTemporaryFile(suffix=f".{kind}") as file:
            file.write(data)
            file.flush()
            for _ in reader(kind)(Path(file.name), 1):
                pass

    return read


def read_portrait(data: bytes) -> None:
    if formats.kind_of(data) == "photo":
        upload.read_portrait(data)
    else:
        for _ in clip._frames(data):
            pass


TOLD = (audio.BadAudio, audio.AudioTooLong, BadPortrait, files.BadDocument, Unreadable, student_lists.BadList)
KINDS: dict[str, tuple[Callable[[], bytes], Callable[[bytes], object]]] = {
    "webm": (lambda: tone("webm", "libopus"), audio.decode),
    "ogg": (lambda: tone("ogg", "libopus"), audio.decode),
    "m4a": (lambda: tone("mp4", "aac"), audio.decode),
    "mp3": (lambda: tone("mp3", "libmp3lame"), audio.decode),
    "wav": (lambda: tone("wav", "pcm_s16le"), audio.decode),
    "flac": (lambda: tone("flac", "flac"), audio.decode),
    "fragmented mp4": (film, read_portrait),
    "jpeg": (lambda: picture(".jpg"), read_portrait),
    "png": (lambda: picture(".png"), read_portrait),
    "webp": (lambda: picture(".webp"), read_portrait),
    "pdf": (pdf, read_document("pdf")),
    "docx": (word, read_document("docx")),
    "pptx": (slides, read_document("pptx")),
    "html": (lambda: b"<h1>Plants</h1><p>need <b>light</b><table><tr><td>leaf</table>" * 5, read_document("html")),
    "md": (lambda: b"# Plants\n\nneed *light*\n\n| a | b |\n| - | - |\n| 1 | 2 |\n" * 5, read_document("md")),
    "csv": (lambda: "e-mail;name\nmei@example.org;Mei 李\n".encode() * 5, student_lists.read),
}


def mutated(data: bytes, chance: random.Random) -> bytes:
    if zipfile.is_zipfile(io.BytesIO(data)) and chance.random() < 0.7:
        return repacked(data, chance)  # otherwise it is a damaged archive, time and again
    found = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 5, 20])):
        if not found:
            break
        at = chance.randrange(len(found))
        match chance.randrange(7):
            case 0:
                found[at] ^= 1 << chance.randrange(8)
            case 1:
                found[at : at + 4] = struct.pack(">I", chance.choice([0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFFF]))
            case 2:
                del found[at : at + chance.randrange(1, 64)]
            case 3:
                found[at:at] = found[at : at + chance.randrange(1, 256)]
            case 4:
                found[at : at + 16] = chance.randbytes(16)
            case 5:
                del found[at:]
            case _:
                found[at:at] = chance.choice(
                    [b"\0" * 64, b"<" * 64, b"((((" * 32, b"1 0 R ", b"%PDF-1.7", b"\xff\xfe", b'"']
                )
    return bytes(found)


def repacked(data: bytes, chance: random.Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        names = before.namelist()
        chosen = chance.choice(names)
        for name in names:
            part = before.read(name)
            after.writestr(name, mutated(part, chance) if name == chosen and part else part)
    return out.getvalue()


class Outcome(NamedTuple):
    became: str
    seconds: float
    """Of the processor."""
    grown: int
    """MB above what the process had."""


def in_a_process(work: Callable[[bytes], object], data: bytes) -> Outcome:
    """In a fork with bounds, so that what dies dies alone."""
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            work(data)
        except TOLD:
            os._exit(3)
        except MemoryError:
            os._exit(4)
        except BaseException as error:  # noqa: BLE001
            os.write(PIPE[1], f"{type(error).__name__}: {error}"[:300].encode())
            os._exit(5)
        os._exit(0)
    while True:
        done, status, used = os.wait4(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() - began > 6 * SECONDS:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.001)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    grown = max(0, used.ru_maxrss - own) // 1024
    code = os.waitstatus_to_exitcode(status)
    became = {0: "read", 3: "refused", 4: "out of memory"}.get(code, f"killed by {-code}")
    if code == 5:
        became = os.read(PIPE[0], 400).decode("utf-8", "replace")
    elif grown > GROWTH:
        became = f"took {grown} MB"
    return Outcome(became, used.ru_utime + used.ru_stime, grown)


PIPE = os.pipe()


@sizes(short=2, longer=20, whole=330)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.filterwarnings("ignore")
def test_damaged_files(kind: str, cases: int, seed: int, tmp_path: Path, tell: Tell) -> None:
    make, work = KINDS[kind]
    whole = make()
    chance = random.Random(f"{kind} {seed}")
    assert in_a_process(work, whole).became == "read"

    outcomes = []
    for number in range(cases):
        data = mutated(whole, chance)
        outcomes.append(in_a_process(work, data))
        if outcomes[-1].became not in ("read", "refused"):
            (tmp_path / f"{number}.{kind}").write_bytes(data)

    became = Counter(outcome.became for outcome in outcomes)
    longest, largest = max(outcome.seconds for outcome in outcomes), max(outcome.grown for outcome in outcomes)
    tell(f"{kind}: {dict(became)}; at most {longest:.2f} s and {largest} MB")
    strange = sorted(became.keys() - {"read", "refused"})
    assert strange == [], f"kept in {tmp_path}"


def test_there_are_enough_of_them() -> None:
    assert len(KINDS) * 330 >= 5_000
    assert (REPOSITORY / "Makefile").read_text().count("fuzz:") == 1
