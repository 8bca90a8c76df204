"""`python -m tongban` is `tongban`."""

from tongban.commands.main import main

if __name__ == "__main__":
    main()
