"""A Bark in the official format with chance for weights: it makes noise, but by the very code that speaks."""

import json
import string
from pathlib import Path
from typing import Any

PAD, INFER = 10560, 10561
SEMANTIC_TOKENS = 30
"""At most: 0.6 s."""


def make_tiny_bark(folder: Path) -> Path:
    import torch
    from transformers import BarkConfig, BarkModel, BarkProcessor, BertTokenizer, EncodecConfig, GenerationConfig
    from transformers.models.bark.configuration_bark import BarkCoarseConfig, BarkFineConfig, BarkSemanticConfig

    folder.mkdir(parents=True, exist_ok=True)
    letters = string.ascii_letters + string.digits + string.punctuation + "你好我们"
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *("##" + letter for letter in letters)]
    (folder / "vocab.txt").write_text("\n".join(words))
    BarkProcessor(BertTokenizer(str(folder / "vocab.txt"), do_lower_case=False)).save_pretrained(folder)
    size: dict[str, Any] = {"num_layers": 1, "num_heads": 2, "hidden_size": 16, "bias": False}
    vocabularies = {
        "semantic_config": (BarkSemanticConfig, INFER + 1, 10048),
        "coarse_acoustics_config": (BarkCoarseConfig, 12096, 12096),
        "fine_acoustics_config": (BarkFineConfig, 1056, 1056),
    }
    parts = {
        name: config(input_vocab_size=read, output_vocab_size=written, **size).to_dict()
        for name, (config, read, written) in vocabularies.items()
    }
    codec = EncodecConfig(num_filters=4, hidden_size=16, num_lstm_layers=1, target_bandwidths=[6.0]).to_dict()
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(0)
        model = BarkModel(BarkConfig(codec_config=codec, **parts))
        # as it is made, it says the same whatever it is given
        for part in (model.semantic, model.coarse_acoustics, model.fine_acoustics):
            for weight in part.parameters():
                weight.mul_(25 if weight.dim() == 2 else 1)
        for layer in model.codec_model.quantizer.layers:
            layer.codebook.embed.normal_()
    model.generation_config = GenerationConfig()  # Bark's own cannot be saved
    model.save_pretrained(folder)
    (folder / "generation_config.json").write_text(json.dumps(_generation_config()))
    return folder


def _generation_config() -> dict[str, Any]:
    from transformers.models.bark import generation_configuration_bark as bark

    semantic = bark.BarkSemanticGenerationConfig(
        text_pad_token=PAD,
        semantic_infer_token=INFER,
        do_sample=True,
        max_new_tokens=SEMANTIC_TOKENS,
        pad_token_id=10000,
        eos_token_id=10000,
    )
    parts = {
        "semantic_config": semantic,
        "coarse_acoustics_config": bark.BarkCoarseGenerationConfig(do_sample=True),
        "fine_acoustics_config": bark.BarkFineGenerationConfig(temperature=0.5),
    }
    set_options = {
        name: {option: value for option, value in part.to_dict().items() if value is not None}
        for name, part in parts.items()
    }
    return {"model_type": "bark", "sample_rate": 24_000, "codebook_size": 1024, **set_options}
