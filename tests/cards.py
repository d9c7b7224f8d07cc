"""Pretended NVIDIA cards: an `nvidia-smi` that a process finds when the folder is first in its PATH."""

from pathlib import Path


def pretend_cards(
    folder: Path,
    *free_mib: int,
    total_mib: int = 24576,
    says: str = "",
    status: int = 0,
    processes: str = "",
) -> str:
    """One card for each amount of free memory; `processes`: "pid, MiB" lines. Returns what to put in front of PATH."""
    lines = "\n".join(
        f"{index}, GPU-{index}0000000-0000-0000-0000-000000000000, NVIDIA L4, {total_mib}, {free}"
        for index, free in enumerate(free_mib)
    )
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "nvidia-smi"
    program.write_text(
        f"#!/bin/sh\ncase $1 in *compute-apps*) echo '{processes}'; exit;; esac\n"
        f"cat <<'END'\n{says or lines}\nEND\nexit {status}\n"
    )
    program.chmod(0o755)
    return str(folder)
