"""Runs a program that the kernel ends when the process that started it dies, however it dies.

Usage: die_with_parent.py PARENT_PID PROGRAM [ARGUMENT ...]

Without it, a test runner that is killed would leave a model server behind, holding gigabytes and a core. Linux only.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

parent, program = int(sys.argv[1]), sys.argv[2:]
if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM) != 0:
    sys.exit(f"die_with_parent.py: prctl failed: {os.strerror(ctypes.get_errno())}")
# The parent may have died before the kernel was asked.
if os.getppid() != parent:
    sys.exit("die_with_parent.py: the starting process is gone.")
os.execv(program[0], program)
