"""What the machine must have, said before the long part begins."""

import ctypes
import importlib.util
import os
import platform
import shutil
import sys
from pathlib import Path

# Package names differ; these are what people have to type.
NEEDED_LIBRARIES = {
    "libstdc++.so.6": "libstdc++6 (Debian, Ubuntu) or libstdc++ (Fedora, Arch: gcc-libs)",
    "libexpat.so.1": "libexpat1 (Debian, Ubuntu) or expat (Fedora, Arch)",
}


def has_library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def problems(home: Path, room: int) -> list[str]:
    """What stands in the way of a first set-up that takes `room` bytes, each in words that say what to do."""
    found = []
    if sys.platform not in ("linux", "darwin"):
        return [f"{platform.system()} is not supported; on Windows, use a Linux in WSL."]
    if sys.platform == "linux":
        if not _is_glibc():
            found.append("The packages are built for glibc; this system has another C library (Alpine's musl?).")
        found += [
            f"The system library {name} is missing: install {package}."
            for name, package in NEEDED_LIBRARIES.items()
            if not has_library(name)
        ]
    if any(importlib.util.find_spec(module) is None for module in ("venv", "ensurepip")):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        found.append(
            f"This Python ({sys.executable}) has no venv module: install python3-venv or python{version}-venv "
            "(Debian, Ubuntu), or name another Python: make run PYTHON=/path/to/python3"
        )
    free = shutil.disk_usage(home).free
    if free < room:
        found.append(
            f"{home} has {free / 1024**3:.1f} GB of free disk space, {room // 1024**3} GB are needed. "
            "TUTOR_HOME=/other/disk puts everything elsewhere."
        )
    return found


def _is_glibc() -> bool:
    try:
        return (os.confstr("CS_GNU_LIBC_VERSION") or "").startswith("glibc")
    except (ValueError, OSError):
        return False
