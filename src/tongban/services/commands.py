"""The commands of this door."""

from __future__ import annotations

from .sources import commands as registers

COMMANDS = (*registers.COMMANDS,)
