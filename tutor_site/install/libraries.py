"""System libraries that some wheels ask for and a bare machine lacks.

skia-python is linked against libGL and libEGL, though we draw on the CPU alone: where the machine has none, empty ones
with the same names let it load. xllamacpp wants libgomp, of which ctranslate2's wheel brings a copy.
"""

import platform
import re
import struct
from pathlib import Path

from .machine import has_library

GL_NAMES = re.compile(rb"\0((?:gl|egl|glX)[A-Z]\w*)(?=\0)")
# Each function of an empty library: return 0.
RETURN_ZERO = {"x86_64": (62, b"\x31\xc0\xc3"), "aarch64": (183, b"\x00\x00\x80\xd2\xc0\x03\x5f\xd6")}
PAGE = 0x10000


def stand_in_for_missing(site_packages: Path, folder: Path) -> None:
    """Put into `folder`, a place for LD_LIBRARY_PATH, what this machine lacks."""
    wanted: dict[str, bytes | Path] = {}
    gl_names = {name for skia in site_packages.glob("skia.*.so") for name in GL_NAMES.findall(skia.read_bytes())}
    for library in ("libGL.so.1", "libEGL.so.1"):
        if gl_names and not has_library(library) and platform.machine() in RETURN_ZERO:
            wanted[library] = empty_library(library, sorted(gl_names), platform.machine())
    bundled = next(iter(sorted(site_packages.glob("ctranslate2.libs/libgomp*.so*"))), None)
    if bundled and not has_library("libgomp.so.1"):
        wanted["libgomp.so.1"] = bundled
    for name, content in wanted.items():
        folder.mkdir(exist_ok=True)
        target = folder / name
        target.unlink(missing_ok=True)
        if isinstance(content, bytes):
            target.write_bytes(content)
        else:
            target.symlink_to(content)


def empty_library(soname: str, functions: list[bytes], machine: str) -> bytes:
    """An ELF shared object (System V ABI, 64 bit) whose functions all return 0."""
    elf_machine, code = RETURN_ZERO[machine]
    strings = b"\0" + soname.encode() + b"\0" + b"".join(name + b"\0" for name in functions)
    header, programs = 64, 3 * 56
    text = header + programs
    hash_at = text + 16
    # One bucket: the loader walks the chain 1, 2, 3 ... 0.
    count = len(functions) + 1
    chain = [0, *range(2, count), 0] if functions else [0]
    hashes = struct.pack(f"<4I{count - 1}I", 1, count, min(1, count - 1), *chain)
    symbols_at = (hash_at + len(hashes) + 7) & ~7
    symbols = bytes(24)
    offset = len(soname) + 2
    for name in functions:
        symbols += struct.pack("<IBBHQQ", offset, 0x12, 0, 1, text, len(code))
        offset += len(name) + 1
    strings_at = symbols_at + len(symbols)
    read_only = strings_at + len(strings)
    # The loader writes into the dynamic section, so it lies in a segment of its own.
    dynamic_at = (read_only + PAGE - 1) // PAGE * PAGE
    entries = {14: 1, 4: hash_at, 5: strings_at, 6: symbols_at, 10: len(strings), 11: 24, 0: 0}
    dynamic = b"".join(struct.pack("<QQ", tag, value) for tag, value in entries.items())
    image = bytearray(dynamic_at + len(dynamic))
    ident = b"\x7fELF\x02\x01\x01" + bytes(9)
    image[:header] = ident + struct.pack("<HHIQQQIHHHHHH", 3, elf_machine, 1, 0, header, 0, 0, header, 56, 3, 0, 0, 0)
    segments = [
        (1, 5, 0, read_only, PAGE),
        (1, 6, dynamic_at, len(dynamic), PAGE),
        (2, 6, dynamic_at, len(dynamic), 8),
    ]
    for index, (kind, flags, at, size, align) in enumerate(segments):
        entry = struct.pack("<IIQQQQQQ", kind, flags, at, at, at, size, size, align)
        image[header + index * 56 : header + (index + 1) * 56] = entry
    for at, content in ((text, code), (hash_at, hashes), (symbols_at, symbols), (strings_at, strings)):
        image[at : at + len(content)] = content
    image[dynamic_at:] = dynamic
    return bytes(image)
