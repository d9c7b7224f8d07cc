import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.tutor_site.hub import Hub, serving
from tutor_site.profiles import PROFILES, Choices
from tutor_site.weights.manifest import FOLDER, Lock, read_manifest

RIGHT = b"the weights of a mouth"
MANIFEST = """
[[models]]
name = "mouth"
title = "Mouth 1.0"
licence = "MIT"
licence_url = "https://example.org/licence"
repo = "school/mouth"
gigabytes = 0.1
files = [{{ path = "config.json", to = "nets/config.json" }}, {{ path = "net.bin", sha256 = "{sha256}" }}]
"""


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serving() as hub:
        hub.files = {
            "/school/mouth/resolve/main/config.json": b"{}",
            "/school/mouth/resolve/main/net.bin": RIGHT,
        }
        yield hub


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    file = tmp_path / "list.toml"
    file.write_text(MANIFEST.format(sha256=hashlib.sha256(RIGHT).hexdigest()))
    return file


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "models"


def fetch_models(manifest: Path, into: Path, *words: str) -> str:
    out = io.StringIO()
    call_command("fetch_models", "--manifest", manifest, "--into", into, *words, stdout=out, stderr=out)
    return out.getvalue()


def test_weights_arrive_from_a_hub_with_their_licences_shown_and_checksums_kept(
    hub: Hub, manifest: Path, into: Path
) -> None:
    said = fetch_models(manifest, into, "--hub", hub.address, "--yes")

    assert "Mouth 1.0 (0.1 GB): MIT, https://example.org/licence" in said
    assert "compare it with the repository's page" in said
    assert (into / "mouth" / "nets" / "config.json").read_bytes() == b"{}"
    assert (into / "mouth" / "net.bin").read_bytes() == RIGHT
    assert json.loads((into / "models.lock").read_text()) == {
        "mouth/net.bin": hashlib.sha256(RIGHT).hexdigest(),
        "mouth/nets/config.json": hashlib.sha256(b"{}").hexdigest(),
    }


def test_what_is_there_is_not_fetched_again(hub: Hub, manifest: Path, into: Path) -> None:
    fetch_models(manifest, into, "--hub", hub.address, "--yes")
    hub.asked.clear()

    fetch_models(manifest, into, "--hub", hub.address)

    assert hub.asked == []


def test_a_filled_folder_is_a_mirror(hub: Hub, manifest: Path, into: Path, tmp_path: Path) -> None:
    fetch_models(manifest, into, "--hub", hub.address, "--yes")
    hub.asked.clear()

    fetch_models(manifest, tmp_path / "second", "--from", str(into), "--yes")

    assert (tmp_path / "second" / "mouth" / "net.bin").read_bytes() == RIGHT
    assert hub.asked == []


def test_an_address_may_be_the_mirror(hub: Hub, manifest: Path, into: Path) -> None:
    hub.files = {"/models/mouth/nets/config.json": b"{}", "/models/mouth/net.bin": RIGHT}

    fetch_models(manifest, into, "--from", f"{hub.address}/models/", "--yes")

    assert (into / "mouth" / "net.bin").read_bytes() == RIGHT


def test_without_a_yes_nothing_is_fetched(hub: Hub, manifest: Path, into: Path) -> None:
    with pytest.raises(CommandError, match="Nobody is there to accept the licences"):
        fetch_models(manifest, into, "--hub", hub.address)
    assert hub.asked == []


def test_one_wrong_file_does_not_keep_the_others_from_coming_and_fails_the_command(
    hub: Hub, manifest: Path, into: Path
) -> None:
    hub.files["/school/mouth/resolve/main/net.bin"] = b"something else"

    with pytest.raises(CommandError, match="1 files are not there"):
        fetch_models(manifest, into, "--hub", hub.address, "--yes")

    assert (into / "mouth" / "nets" / "config.json").exists()
    assert not (into / "mouth" / "net.bin").exists()


def test_a_file_whose_checksum_nobody_knew_may_not_change_afterwards(hub: Hub, manifest: Path, into: Path) -> None:
    fetch_models(manifest, into, "--hub", hub.address, "--yes")
    (into / "mouth" / "nets" / "config.json").unlink()
    hub.files["/school/mouth/resolve/main/config.json"] = b'{"another": 1}'

    with pytest.raises(CommandError):
        fetch_models(manifest, into, "--hub", hub.address, "--yes")


def test_what_was_damaged_on_the_disk_is_found_and_fetched_again(hub: Hub, manifest: Path, into: Path) -> None:
    fetch_models(manifest, into, "--hub", hub.address, "--yes")
    (into / "mouth" / "net.bin").write_bytes(b"the weights of a moth")

    said = fetch_models(manifest, into, "--hub", hub.address, "--verify", "--yes")

    assert "mouth/net.bin: is not what it was" in said
    assert "mouth/nets/config.json: is right" in said
    assert (into / "mouth" / "net.bin").read_bytes() == RIGHT


def test_a_folder_that_the_list_does_not_have_is_refused(manifest: Path, into: Path) -> None:
    with pytest.raises(CommandError, match="The list has no ear; there are: mouth"):
        fetch_models(manifest, into, "--only", "ear")


def test_the_cpu_profile_has_nothing_to_fetch(into: Path) -> None:
    out = io.StringIO()
    call_command("fetch_models", "--profile", "cpu", "--into", into, stdout=out)
    assert "come as packages" in out.getvalue()


@pytest.mark.parametrize("path", ["../net.bin", "/etc/net.bin"])
def test_a_list_cannot_write_outside_its_folder(manifest: Path, path: str) -> None:
    manifest.write_text(manifest.read_text().replace('"net.bin"', f'"{path}"'))
    with pytest.raises(ValueError, match="inside the folder"):
        read_manifest(manifest)


def test_a_lock_outlives_its_process(tmp_path: Path) -> None:
    Lock(tmp_path).add("a/b", "0" * 64)
    assert Lock(tmp_path).get("a/b") == "0" * 64


def test_every_folder_that_the_gpu_profile_reads_is_on_its_list(tmp_path: Path) -> None:
    choices = Choices("", "", "", 4096, False, tmp_path, tmp_path / "faces", "bark", "cuda")
    stages = PROFILES["gpu"](choices)
    options = [stage["OPTIONS"] for stage in stages.values()]
    options += [nested for each in options for nested in each.values() if isinstance(nested, dict)]
    models = [Path(each["model"]) for each in options if "model" in each]
    assert {model.relative_to(tmp_path).parts[0] for model in models} == {"whisperx", "llm", "bark", "musetalk"}

    places = {model.place(file) for model in read_manifest(FOLDER / "gpu.toml") for file in model.files}
    for model in models:
        wanted = str(model.relative_to(tmp_path))
        assert any(place == wanted or place.startswith(f"{wanted}/") for place in places), wanted
