"""Firefox plays and talks too. The language model says what the test wants; all else is real."""

import json
import os
import shutil
from collections.abc import Iterator

import pytest

from tests.e2e.firefox import Firefox, running_firefox
from tests.e2e.scripted_llm import Script
from tests.e2e.student import signed_in

pytestmark = pytest.mark.browser

SCRIPTS: dict[str, Script] = {"photosynthesis": "They need light and water.", "short": "Yes, they do."}
SOON, A_TURN = 30, 90


def find(name: str) -> str:
    return f"document.querySelector('[data-testid=\"{name}\"]')"


@pytest.fixture
def firefox() -> Iterator[Firefox]:
    executable = shutil.which("firefox-esr") or shutil.which("firefox")
    if executable is None:
        if os.environ.get("CI"):
            pytest.fail("no Firefox on this machine; .ci/run installs one")
        pytest.skip("no Firefox on this machine")
    with running_firefox(executable) as firefox:
        yield firefox


def greeted(firefox: Firefox, product: str) -> None:
    """In a session whose tutor greets with its face. A greeting is made when the workers have nothing else to do."""
    for last in (False,) * 5 + (True,):
        firefox.go(f"{product}/tutors")
        firefox.wait(f"{find('tutor-start-1')} !== null", SOON)
        firefox.evaluate(f"{find('tutor-start-1')}.click()")
        firefox.wait(f"{find('connection')}?.dataset.state === 'open'", SOON)
        try:
            firefox.wait(f"{find('speech-video')}.dataset.state === 'speaking'", SOON)
        except AssertionError:
            if last:
                raise
        else:
            return


def test_firefox_greets_hears_and_answers(firefox: Firefox, product: str) -> None:
    firefox.go(f"{product}/login")
    for entry in signed_in(product, mode="video")["origins"][0]["localStorage"]:
        firefox.evaluate(f"localStorage.setItem({json.dumps(entry['name'])}, {json.dumps(entry['value'])})")
    greeted(firefox, product)
    assert firefox.evaluate("MediaSource.isTypeSupported('video/mp4; codecs=\"avc1.4D401F,mp4a.40.2\"')")
    played = firefox.wait(f"{find('speech-video')}.getVideoPlaybackQuality().totalVideoFrames", SOON)
    assert played > 0

    # Its own fake microphone hears a tone, which is no question: recorded, sent and listened to it is all the same.
    firefox.evaluate(f"{find('mic-button')}.click()")
    firefox.wait(f"{find('mic-button')}.dataset.phase === 'recording'", SOON)
    firefox.evaluate("new Promise(resolve => setTimeout(resolve, 2000))")  # a person speaks
    firefox.evaluate(f"{find('mic-button')}.click()")
    firefox.wait("document.body.textContent.includes('I could not hear anything')", A_TURN)

    firefox.evaluate(f"{find('composer-input')}.focus()")
    firefox.evaluate("document.execCommand('insertText', false, 'What do plants need for photosynthesis?')")
    firefox.evaluate(f"{find('composer-send')}.click()")
    firefox.wait(f"{find('caption')}?.textContent.includes('They need light')", A_TURN)
    firefox.wait(f"{find('speech-video')}.dataset.state === 'speaking'", SOON)
    firefox.wait(f"{find('stage')}.dataset.stage === 'idle'", A_TURN)
    assert "They need light" in firefox.evaluate(f"{find('turn-assistant')}.textContent")
