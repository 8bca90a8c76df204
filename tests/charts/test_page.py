"""The examples of the page of charts hold, and the room is useful alone: it loads neither Django nor
anything else of the house."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "rooms" / "charts.md"


def test_every_example_of_the_page_holds():
    ran = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert ran.attempted > 5
    assert ran.failed == 0


def test_charts_load_nothing_else_of_the_house_and_no_django():
    code = (
        "import sys, tongban.charts; print(sorted(name for name in sys.modules if name.startswith(('django', "
        "'tongban.')) and not name.startswith('tongban.charts')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
