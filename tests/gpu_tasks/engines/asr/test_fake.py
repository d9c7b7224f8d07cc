import numpy as np

from gpu_tasks.engines.asr.fake import FakeASR


def test_it_hears_its_text_in_sound_and_nothing_in_silence() -> None:
    fake = FakeASR("Hello")

    assert fake.transcribe(np.full(1_600, 0.1, np.float32)).text == "Hello"
    assert fake.transcribe(np.zeros(1_600, np.float32)).text == ""
    assert fake.transcribe(np.zeros(0, np.float32)).text == ""


def test_it_can_repeat_the_terms_it_was_told() -> None:
    heard = FakeASR("About {terms}").transcribe(np.ones(1_600, np.float32), terms=["xylem", "loess"])

    assert heard.text == "About xylem, loess"
