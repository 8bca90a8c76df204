"""Settings for tests: the deployment's, on a throw-away data folder, with quick limits switched off.

`DATABASE_URL` chooses the database, SQLite where it is not set; a process of the run that is started for PostgreSQL
(tests/runs.py) takes the server of `TONGBAN_TEST_POSTGRESQL`.
"""

import atexit
import base64
import os
import shutil
import tempfile
from pathlib import Path


def _gone(folder: str, owner: int) -> None:
    if os.getpid() == owner:  # not a process that was forked from this one
        shutil.rmtree(folder, ignore_errors=True)


if "TONGBAN_DATA" not in os.environ:
    os.environ["TONGBAN_DATA"] = tempfile.mkdtemp(prefix="tongban-test-")
    atexit.register(_gone, os.environ["TONGBAN_DATA"], os.getpid())
os.environ.setdefault("TONGBAN_SECRET_KEY", "a-secret-of-the-tests-and-of-nobody-else-" * 2)
os.environ.setdefault("TONGBAN_VAULT_KEYS", base64.b64encode(b"tests".ljust(32, b".")).decode())
os.environ.setdefault("TONGBAN_VAULT_INDEX_KEY", base64.b64encode(b"tests, the index".ljust(32, b".")).decode())
if os.environ.get("TONGBAN_TEST_WORKER_ON") == "postgresql":
    os.environ["DATABASE_URL"] = os.environ["TONGBAN_TEST_POSTGRESQL"]
os.environ.setdefault("TONGBAN_RATE_LIMITS", "0")
os.environ.setdefault("TONGBAN_SECOND_FACTOR", "0")
os.environ.setdefault("TONGBAN_LEDGER_DELAY", "0")

from tongban.config.settings import *  # noqa: F403
from tongban.config.settings import DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
Path(os.environ["TONGBAN_DATA"]).mkdir(parents=True, exist_ok=True)
if "sqlite3" in str(DATABASES["default"]["ENGINE"]):
    DATABASES["default"]["TEST"] = {"NAME": str(Path(os.environ["TONGBAN_DATA"]) / "test.sqlite3")}
else:
    # Several runs of these tests share one server: each has a database of its own.
    DATABASES["default"]["TEST"] = {"NAME": f"test_tongban_{os.getpid()}"}
DATABASES["default"]["CONN_MAX_AGE"] = None
