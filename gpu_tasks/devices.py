"""The machine's NVIDIA cards, as nvidia-smi tells of them: before any model library is loaded."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

MIB = 1024**2
GB = 1000**3
PATIENCE = 30.0
ASK = ("nvidia-smi", "--query-gpu=index,uuid,name,memory.total,memory.free", "--format=csv,noheader,nounits")


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
        answer = subprocess.run(ASK, capture_output=True, text=True, timeout=PATIENCE)
    except FileNotFoundError:
        raise Unfit("no GPU: nvidia-smi is not on this machine (is NVIDIA's driver installed?)") from None
    except subprocess.TimeoutExpired:
        raise Unfit(f"nvidia-smi did not answer within {PATIENCE:.0f} s") from None
    if answer.returncode:
        raise Unfit(f"no GPU: nvidia-smi says: {(answer.stdout + answer.stderr).strip()}")
    try:
        found = [_card(line) for line in answer.stdout.splitlines() if line.strip()]
    except ValueError as error:
        raise Unfit(f"nvidia-smi said something unknown: {error}") from error
    if not found:
        raise Unfit("no GPU: nvidia-smi lists none")
    return found


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


def check_room(devices: str, memory: int) -> None:
    """Raises Unfit when none of the cards has `memory` bytes free."""
    shown = visible(devices)
    if not any(card.free >= memory for card in shown):
        free = ", ".join(
            f"GPU {card.index} has {card.free / GB:.1f} of {card.total / GB:.1f} GB free" for card in shown
        )
        raise Unfit(f"{memory / GB:.1f} GB of GPU memory are wanted: {free}")
