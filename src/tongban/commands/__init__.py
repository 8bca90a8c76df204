"""The one command `tongban`: one file a group, and what runs a deployment. `main.py` is the entry point."""
