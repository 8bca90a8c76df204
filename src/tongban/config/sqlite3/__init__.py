"""Django's SQLite backend with writers that take turns. Not for anything else about the database."""
