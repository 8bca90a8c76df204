"""Who acts: a resident who holds a case's secret, an official with posts, or the system itself.

Not for signing in; a door makes an actor from a session, a token or a secret and hands it to the kernel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Actor:
    """`posts` are (unit code, role); `case_id` is set for a resident, who can act on that one case only.

    `name` is what a colleague sees on the desk; it never leaves the private part of an act. `also_at` are the units of
    the official's other posts where the actor carries one post alone (a token): they give no right, but what they bar
    is barred (`access.bars`).
    """

    kind: Literal["resident", "official", "system"]
    official_id: int | None = None
    posts: tuple[tuple[str, str], ...] = ()
    case_id: int | None = None
    name: str = ""
    also_at: tuple[str, ...] = ()

    def has_role(self, role: str) -> bool:
        """Whether any post carries `role`."""
        return any(held == role for _, held in self.posts)


SYSTEM = Actor("system")
NEWCOMER = Actor("resident")


def resident(case_id: int) -> Actor:
    """Somebody who has shown the secret of case `case_id`."""
    return Actor("resident", case_id=case_id)
