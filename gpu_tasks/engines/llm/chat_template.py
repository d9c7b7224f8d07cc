import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from gpu_tasks.engines.errors import EngineError, ModelMissing
from gpu_tasks.engines.llm.base import Message


class ChatTemplate:
    """A conversation in the tokens the model was taught to read, by the template in its GGUF file. Raises ModelMissing
    when there is none."""

    def __init__(self, llama: Any) -> None:
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        template = llama.metadata.get("tokenizer.chat_template")
        if not template:
            raise ModelMissing(f"{llama.model_path} has no chat template: it is not a model that converses")
        self._llama = llama
        self._controls = re.compile("|".join(map(re.escape, _controls(llama))) or r"(?!)")
        self._formatters = {
            replying: Jinja2ChatFormatter(
                template=template,
                eos_token=_text_of(llama, llama.token_eos()),
                bos_token=_text_of(llama, llama.token_bos()),
                add_generation_prompt=replying,
            )
            for replying in (False, True)
        }

    def tokens(self, messages: Sequence[Message], *, replying: bool) -> list[int]:
        """`replying`: up to where the reply begins, else up to the last message. Raises EngineError."""
        # What stands for a role or an end in the template stands for nothing in what somebody has written.
        plain: list[Message] = [
            {"role": message["role"], "content": self._controls.sub("", message["content"])} for message in messages
        ]
        prompt = self._prompt(plain, replying)
        return list(self._llama.tokenize(prompt.encode(errors="replace"), add_bos=False, special=True))

    def _prompt(self, messages: Sequence[Message], replying: bool) -> str:
        from jinja2 import TemplateError

        formatter = self._formatters[replying]
        try:
            return str(formatter(messages=list(messages)).prompt)
        except (TemplateError, ValueError) as refusal:
            # Some models were taught no system message, and their templates refuse it.
            if messages[0]["role"] != "system":
                raise EngineError(f"the model's chat template refuses the conversation: {refusal}") from refusal
        return self._prompt(_without_system(messages), replying)


def _without_system(messages: Sequence[Message]) -> list[Message]:
    system, *rest = messages
    if not rest:
        return [{"role": "user", "content": system["content"]}]
    return [{"role": rest[0]["role"], "content": f"{system['content']}\n\n{rest[0]['content']}"}, *rest[1:]]


def _controls(llama: Any) -> list[str]:
    """The longest first."""
    import llama_cpp

    vocabulary = llama._model.vocab
    controls = filter(partial(llama_cpp.llama_vocab_is_control, vocabulary), range(llama.n_vocab()))
    texts = (_text_of(llama, token) for token in controls)
    return sorted(filter(None, texts), key=len, reverse=True)


def _text_of(llama: Any, token: int) -> str:
    return str(llama._model.token_get_text(token)) if token != -1 else ""
