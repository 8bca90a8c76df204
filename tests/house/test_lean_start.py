"""What a process loads before it has work: the web part and the commands start without what only some of them need."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = "{'numba', 'pyarrow', 'openpyxl', 'spacy', 'ray', 'pyspark'} & set(sys.modules)"
WEB = f"""
import sys, django
django.setup()
from django.urls import get_resolver
def walk(resolver):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            walk(pattern)
walk(get_resolver())
import tongban.intake.running
print(sorted({HEAVY}))
"""
COMMAND = f"""
import sys
import tongban.commands.main
print(sorted({HEAVY}))
"""


@pytest.mark.parametrize("code", [WEB, COMMAND], ids=["all routes and the import", "the commands"])
def test_nothing_heavy_is_loaded_before_it_is_asked_for(code, tmp_path, monkeypatch):
    monkeypatch.setenv("TONGBAN_DATA", str(tmp_path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_every_name_of_the_text_room_is_there_when_it_is_asked_for():
    from tongban import text

    for name in text.__all__:
        assert getattr(text, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = text.nothing
