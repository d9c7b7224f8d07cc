"""When each word was said: WhisperX's alignment with wav2vec2 models from local folders."""

import logging
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gpu_tasks.engines.asr.base import HeardWord, Pcm
from gpu_tasks.engines.errors import ModelMissing

logger = logging.getLogger(__name__)

PUNKT_FILES = ("abbrev_types.txt", "collocations.tab", "ortho_context.tab", "sent_starters.txt")


class Alignment:
    """`folders`: by language, each with a model as transformers saves it."""

    def __init__(self, folders: Mapping[str, str], device: str) -> None:
        import whisperx

        self._device = device
        self._models: dict[str, tuple[Any, Any]] = {}
        if folders:
            _provide_punkt()
        for language, folder in folders.items():
            if not (Path(folder) / "config.json").is_file():
                raise ModelMissing(f"{folder} has no config.json")
            try:
                loaded = whisperx.load_align_model(language, device, model_name=folder, model_cache_only=True)
            except ValueError as error:
                raise ModelMissing(f"{folder} does not hold a model that aligns: {error}") from error
            self._models[language] = loaded

    def words(self, segments: Sequence[Any], samples: Pcm, language: str) -> tuple[HeardWord, ...] | None:
        """None for a language without a model, and when not every word is found."""
        import whisperx

        if language not in self._models or not segments:
            return None
        model, about = self._models[language]
        try:
            found = whisperx.align(segments, model, about, samples, self._device)["word_segments"]
        except RuntimeError:
            logger.exception("words are heard, but not when each was said")
            return None
        if not all("start" in word and "end" in word for word in found):
            return None
        return tuple(HeardWord(float(word["start"]), float(word["end"]), str(word["word"])) for word in found)


def _provide_punkt() -> None:
    """The aligner cuts sentences with a model of NLTK's, which it would download. What it was trained on does not
    matter to the times of words, so it is given one that has learnt nothing."""
    import nltk
    from whisperx.utils import PUNKT_LANGUAGES

    root = Path(tempfile.mkdtemp(prefix="punkt-"))
    for language in {"english", *PUNKT_LANGUAGES.values()}:
        folder = root / "tokenizers" / "punkt_tab" / language
        folder.mkdir(parents=True)
        for name in PUNKT_FILES:
            (folder / name).touch()
    nltk.data.path.insert(0, str(root))
