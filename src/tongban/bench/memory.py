"""How much memory this process held at most, told by the system."""

from __future__ import annotations

import contextlib
import resource
from pathlib import Path

STATUS = Path("/proc/self/status")


def forget_peak() -> None:
    """From here on `peak_bytes` tells what is held from now on. On Linux only (proc(5),
    clear_refs); elsewhere nothing."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_bytes() -> int:
    """Bytes this program held at most since it was started, or since `forget_peak`.

    `ru_maxrss` is not that: a child begins with what its parent held (Linux carries it over `vfork` and `exec`), so a
    small program started by a large one is told as large. Linux keeps the program's own mark as `VmHWM`; elsewhere
    `ru_maxrss` is all there is.
    """
    if STATUS.exists():
        for line in STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
