"""What letters bring to `tongban`: learning from letters, and their import. Found by `tongban`
without Django; loads no model."""

from tongban.gate.parts import Commands

COMMANDS = (
    Commands("text", "tongban.letters.commands.text:text", "Learn to suggest matters from letters; judge it."),
    Commands(
        "import letters", "tongban.letters.commands.importing:import_letters", "Bring letters with their answers in."
    ),
)
