import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gpu_tasks.devices import MIB, Unfit, cards, check_room, free, taken, visible
from tests.cards import pretend_cards

Pretend = Callable[..., None]


@pytest.fixture
def pretend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pretend:
    def pretend(*free_mib: int, says: str = "", status: int = 0, processes: str = "") -> None:
        folder = pretend_cards(tmp_path, *free_mib, says=says, status=status, processes=processes)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return pretend


def test_cards_are_told_with_their_memory_in_bytes(pretend: Pretend) -> None:
    pretend(20000, 1000)

    first, second = cards()

    assert (first.index, first.name, first.total, first.free) == (0, "NVIDIA L4", 24576 * 1024**2, 20000 * 1024**2)
    assert (second.index, second.free) == (1, 1000 * 1024**2)


def test_a_machine_without_a_driver_has_no_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unfit, match=r"no GPU.*driver"):
        cards()


@pytest.mark.parametrize(
    ("says", "status", "complaint"),
    [
        ("No devices were found", 6, "no GPU: nvidia-smi says: No devices were found"),
        ("Hello", 0, "something unknown"),
        ("0, GPU-1, L4, [N/A], [N/A]", 0, "something unknown"),
    ],
)
def test_what_nvidia_smi_complains_of_is_passed_on(pretend: Pretend, says: str, status: int, complaint: str) -> None:
    pretend(says=says, status=status)
    with pytest.raises(Unfit, match=complaint):
        cards()


def test_a_machine_whose_list_is_empty_has_no_card(pretend: Pretend) -> None:
    pretend()
    with pytest.raises(Unfit, match="lists none"):
        cards()


@pytest.mark.parametrize(("devices", "shown"), [("1", [1]), ("0,1", [0, 1]), ("", [0, 1]), ("GPU-1000", [1])])
def test_a_worker_sees_its_cards_alone(pretend: Pretend, devices: str, shown: list[int]) -> None:
    pretend(1, 2)
    assert [card.index for card in visible(devices)] == shown


@pytest.mark.parametrize("devices", ["2", "0,7", "GPU-9", "nonsense"])
def test_a_card_that_is_not_there_is_named_with_those_that_are(pretend: Pretend, devices: str) -> None:
    pretend(1, 2)
    with pytest.raises(Unfit, match=r"there is no GPU .*; there are: 0 \(NVIDIA L4\), 1 \(NVIDIA L4\)"):
        visible(devices)


def test_room_is_what_is_free_on_the_workers_own_card(pretend: Pretend) -> None:
    pretend(1000, 9000)
    check_room("1", 8 * 1000**3)
    with pytest.raises(Unfit, match=r"8\.0 GB of GPU memory are wanted: GPU 0 has 1\.0 of 25\.8 GB free"):
        check_room("0", 8 * 1000**3)


def test_what_a_process_has_taken_is_what_the_driver_counts_for_it(pretend: Pretend) -> None:
    pretend(9000, 9000)
    before = free("0,1")
    pretend(5000, 2000, processes=f"1, 300\n{os.getpid()}, 700\n{os.getpid()}, [N/A]\n{os.getpid()}, 50")

    assert taken("0,1", before) == 750 * MIB


@pytest.mark.parametrize("processes", ["", "1, 300", "[N/A], [N/A]"])
def test_where_the_driver_does_not_know_the_process_it_is_what_is_less_free(pretend: Pretend, processes: str) -> None:
    pretend(9000, 9000)
    before = free("1")
    pretend(9000, 8500, processes=processes)

    assert taken("1", before) == 500 * MIB
