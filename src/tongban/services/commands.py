"""The commands of this door, each in its part's module. Loads no model here."""

from __future__ import annotations

from tongban.gate.parts import Commands

from .exchange import commands as catalogue
from .sources import commands as registers

COMMANDS = (
    *catalogue.COMMANDS,
    Commands("services form", "tongban.services.designing.commands:form", "An XLSForm as an item's form."),
    Commands("services figures", "tongban.services.tally.commands:figures", "The figures, counted anew."),
    Commands("services unasked", "tongban.services.unasked.commands:unasked", "Granting without asking."),
    Commands(
        "credential", "tongban.services.certificates.commands:credential", "Certificates: verify one, write keys."
    ),
    Commands("keys certificates", "tongban.services.certificates.commands:keys", "Keys that units sign with."),
    *registers.COMMANDS,
)
