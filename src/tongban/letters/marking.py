"""A letter that is marked as being about a unit leaves the rising topics, which that unit's people could read.

The case itself is moved by `cases.effects.mark_against` and `cases.barring`, what rooms keep beside it goes by
`cases.beside`; this is the door's part, in the same transaction. Not for unmarking: nothing comes back by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from tongban.cases.models import Act, Case
from tongban.cases.procedure import Context


def on_mark(rows: Sequence[tuple[Case, Act, Context]]) -> None:
    """The acts that named a unit were stored; those that named none (another matter alone) are passed over."""
    for case, _act, context in rows:
        if context.payload.get("against"):
            _leave_topics(case.pk)


def _leave_topics(case_id: int) -> None:
    """A topic that was worked out with the letter in it goes; the next round makes it without."""
    from .models import RisingTopic

    for topic in RisingTopic.objects.select_for_update():
        if case_id in topic.case_ids:
            topic.delete()
