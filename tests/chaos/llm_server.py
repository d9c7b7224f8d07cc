"""The language model's server, as a process that can be killed and stopped: `python -m tests.chaos.llm_server PORT`."""

import sys

from tests.chaos.engines import Thinking

if __name__ == "__main__":
    Thinking(int(sys.argv[1])).serve_forever()
