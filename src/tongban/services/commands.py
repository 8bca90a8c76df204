"""The door's commands. Loads no model here."""

from __future__ import annotations

from tongban.gate.parts import Commands

COMMANDS = (Commands("services unasked", "tongban.services.unasked.commands:unasked", "Granting without asking."),)
