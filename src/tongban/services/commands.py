"""The door's commands. Loads no model here."""

from __future__ import annotations

from tongban.gate.parts import Commands

HERE = "tongban.services"
COMMANDS = (
    Commands("services form", f"{HERE}.designing.commands:form", "An XLSForm as an item's form."),
    Commands("services unasked", f"{HERE}.unasked.commands:unasked", "Granting without asking."),
)
