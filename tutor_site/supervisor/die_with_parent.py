"""Become a command that the kernel kills when the process that started it is gone (Linux).

Run as a script of its own rather than in a fork of the supervisor, which has threads.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, *command = sys.argv[1:]
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != int(parent):
        sys.exit("the process that started this one is gone already")
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
