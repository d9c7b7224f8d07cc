import json
from pathlib import Path

import numpy as np
import pytest

from gpu_tasks import bounded
from gpu_tasks.engines.avatar.portrait.upload import read_portrait
from gpu_tasks.engines.avatar.portrait.usable import usable
from gpu_tasks.engines.errors import BadPortrait


def test_of_a_portrait_the_worker_gets_the_pixels(astronaut: bytes) -> None:
    (picture,) = usable(astronaut)

    assert np.array_equal(picture, read_portrait(astronaut))


def test_what_is_refused_is_refused_with_its_reason() -> None:
    with pytest.raises(BadPortrait, match="SVG"):
        list(usable(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"))


@pytest.mark.parametrize("ending", ["os.abort()", "os._exit(1)"])
def test_a_file_on_which_a_decoder_dies_is_refused(
    astronaut: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    # As a fault in a C library would, in the middle of a clip.
    package = tmp_path / "gpu_tasks" / "engines" / "avatar" / "portrait"
    package.mkdir(parents=True)
    frame = json.dumps({"shape": [1, 1, 3], "pixels": "AAAA"})
    (package / "__main__.py").write_text(f"import os\nprint({frame!r}, flush=True)\n{ending}\n")
    monkeypatch.setattr(bounded, "ROOT", tmp_path)

    with pytest.raises(BadPortrait, match="damaged, or takes too much memory or time"):
        list(usable(astronaut))
