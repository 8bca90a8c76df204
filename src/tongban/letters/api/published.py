"""Published letters for programs, at /api/v1/published. The operations are the room's (`published/api.py`)."""

from __future__ import annotations

from tongban.letters.publication import KIND
from tongban.published import api

router, OPERATIONS = api.routes(KIND, words=("Published letters with their answers", "One published letter"))
