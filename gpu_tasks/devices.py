"""The machine's NVIDIA cards, as nvidia-smi tells of them: before any model library is loaded."""

import os
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

MIB = 1024**2
GB = 1000**3
PATIENCE = 30.0
CARDS = "--query-gpu=index,uuid,name,memory.total,memory.free"
PROCESSES = "--query-compute-apps=pid,used_memory"


class Unfit(Exception):
    """This machine has not got the card, or the room on it, that was asked for. Words for ops."""

    code = "gpu_unfit"


@dataclass(frozen=True, slots=True)
class Card:
    index: int
    uuid: str
    name: str
    total: int
    free: int
    """Both in bytes."""


def cards() -> list[Card]:
    """Raises Unfit when there is none."""
    try:
        found = [_card(line) for line in _told(CARDS)]
    except ValueError as error:
        raise Unfit(f"nvidia-smi said something unknown: {error}") from error
    if not found:
        raise Unfit("no GPU: nvidia-smi lists none")
    return found


def _told(query: str) -> list[str]:
    command = ("nvidia-smi", query, "--format=csv,noheader,nounits")
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    except FileNotFoundError:
        raise Unfit("no GPU: nvidia-smi is not on this machine (is NVIDIA's driver installed?)") from None
    except subprocess.TimeoutExpired:
        raise Unfit(f"nvidia-smi did not answer within {PATIENCE:.0f} s") from None
    if answer.returncode:
        raise Unfit(f"no GPU: nvidia-smi says: {(answer.stdout + answer.stderr).strip()}")
    return [line for line in answer.stdout.splitlines() if line.strip()]


def _card(line: str) -> Card:
    index, uuid, name, total, free = (word.strip() for word in line.split(","))
    return Card(int(index), uuid, name, int(total) * MIB, int(free) * MIB)


def visible(devices: str) -> list[Card]:
    """The cards that a value of CUDA_VISIBLE_DEVICES shows; empty: all. Raises Unfit for one that is not there."""
    found = cards()
    return [_named(name.strip(), found) for name in devices.split(",")] if devices else found


def _named(name: str, found: Sequence[Card]) -> Card:
    for card in found:
        if name == str(card.index) or (name.startswith("GPU-") and card.uuid.startswith(name)):
            return card
    there = ", ".join(f"{card.index} ({card.name})" for card in found)
    raise Unfit(f"there is no GPU {name}; there are: {there}")


def free(devices: str) -> int:
    """Bytes, of the cards together. Raises Unfit."""
    return sum(card.free for card in visible(devices))


def taken(devices: str, free_before: int) -> int:
    """Bytes of the cards that this process has taken since then. Raises Unfit.

    As the driver counts them for it; where it tells of no process of ours (in a container it knows them by other
    numbers), what is less free, others' that were loaded meanwhile included.
    """
    return _of_this_process() or max(0, free_before - free(devices))


def _of_this_process() -> int:
    used = 0
    with suppress(Unfit):  # not every driver tells everybody
        for line in _told(PROCESSES):
            with suppress(ValueError):  # "[N/A]"
                pid, mib = (int(word) for word in line.split(","))
                used += mib * MIB if pid == os.getpid() else 0
    return used


def check_room(devices: str, memory: int) -> None:
    """Raises Unfit when none of the cards has `memory` bytes free."""
    shown = visible(devices)
    if not any(card.free >= memory for card in shown):
        room = ", ".join(
            f"GPU {card.index} has {card.free / GB:.1f} of {card.total / GB:.1f} GB free" for card in shown
        )
        raise Unfit(f"{memory / GB:.1f} GB of GPU memory are wanted: {room}")
