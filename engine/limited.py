"""``python -m engine.limited MEGABYTES SECONDS COMMAND…``: become a command that may use so much memory and time.

The limits are set in a process of their own, as one with threads must not do so between fork and exec.
"""

import os
import resource
import sys

_LARGEST_FILE = 256 * 1024 * 1024


def main() -> None:
    """Limit this process and become the command."""
    megabytes, seconds, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    space = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.execv(command[0], command)  # noqa: S606 - the command is ours, with no shell between


if __name__ == "__main__":
    main()
