import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tutor_site.hub import Hub, serving
from tutor_site.weights.download import TRIES, FetchFailed, fetch

CONTENT = bytes(range(256)) * 4096
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serving() as hub:
        hub.files["/weights.bin"] = CONTENT
        yield hub


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "models" / "weights.bin"


def get(hub: Hub, target: Path, sha256: str | None = SHA256) -> list[tuple[int, int | None]]:
    told: list[tuple[int, int | None]] = []
    fetch(
        f"{hub.address}/weights.bin",
        target,
        sha256=sha256,
        progress=lambda there, size: told.append((there, size)),
        wait=lambda seconds: None,
    )
    return told


def left(target: Path) -> list[str]:
    return sorted(file.name for file in target.parent.iterdir())


def test_a_file_arrives_whole_and_tells_of_its_progress(hub: Hub, target: Path) -> None:
    told = get(hub, target)

    assert target.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert told == sorted(told)
    assert left(target) == ["weights.bin"]


def test_a_transfer_that_breaks_off_goes_on_where_it_was(hub: Hub, target: Path) -> None:
    hub.breaks_after = [100_000, 200_000]

    get(hub, target)

    assert target.read_bytes() == CONTENT
    assert hub.asked == [None, "bytes=100000-", "bytes=300000-"]


def test_what_was_received_stays_for_the_next_command(hub: Hub, target: Path) -> None:
    hub.breaks_after = [100_000] + [0] * (TRIES - 1)
    with pytest.raises(FetchFailed, match=r"broke off 5 times, at 100,000 bytes at last"):
        get(hub, target)
    assert not target.exists()

    get(hub, target)

    assert target.read_bytes() == CONTENT
    assert hub.asked[-1] == "bytes=100000-"


def test_a_server_that_knows_no_ranges_is_asked_for_all_of_it(hub: Hub, target: Path) -> None:
    hub.ranges, hub.breaks_after = False, [100_000]

    get(hub, target)

    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("version", ['"2"', ""])
def test_a_file_that_changed_in_between_is_not_sewn_together(hub: Hub, target: Path, version: str) -> None:
    hub.breaks_after = [100_000] + [0] * (TRIES - 1)
    with pytest.raises(FetchFailed):
        get(hub, target)
    hub.version, hub.files["/weights.bin"] = version, CONTENT[::-1]

    get(hub, target, sha256=None)

    assert target.read_bytes() == CONTENT[::-1]


def test_without_a_version_nothing_is_resumed(hub: Hub, target: Path) -> None:
    hub.version, hub.breaks_after = "", [100_000]

    get(hub, target)

    assert hub.asked == [None, None]
    assert target.read_bytes() == CONTENT


def test_another_file_than_expected_is_thrown_away(hub: Hub, target: Path) -> None:
    hub.files["/weights.bin"] = CONTENT + b"!"

    with pytest.raises(FetchFailed, match=f"not what was expected: its SHA-256 is .*, wanted {SHA256}"):
        get(hub, target)

    assert left(target) == []


def test_what_was_already_received_whole_or_too_much_is_begun_anew(hub: Hub, target: Path) -> None:
    target.parent.mkdir()
    (target.parent / "weights.bin.part").write_bytes(CONTENT + b"more")
    (target.parent / "weights.bin.part.tag").write_text(hub.version)

    get(hub, target)

    assert target.read_bytes() == CONTENT


def test_a_server_that_is_busy_is_asked_again(hub: Hub, target: Path) -> None:
    hub.statuses = [503, 429]
    get(hub, target)
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize(("status", "words"), [(404, "still there"), (403, "accept its terms")])
def test_a_refusal_is_not_asked_again(hub: Hub, target: Path, status: int, words: str) -> None:
    hub.statuses = [status]
    with pytest.raises(FetchFailed, match=f"status {status}.*{words}"):
        get(hub, target)
    assert len(hub.asked) == 1


def test_a_folder_may_be_the_mirror(tmp_path: Path, target: Path) -> None:
    source = tmp_path / "mirror.bin"
    source.write_bytes(CONTENT)

    assert fetch(source, target, sha256=SHA256, progress=lambda there, size: None) == SHA256
    assert target.read_bytes() == CONTENT

    with pytest.raises(FetchFailed, match="No such file"):
        fetch(tmp_path / "nothing", target, sha256=None, progress=lambda there, size: None)
    assert target.read_bytes() == CONTENT
