"""What troubles are rising in a period: counted in people who write, not in letters, and fair on small counts.

Every figure is about a trouble at a place. Nothing here scores a person or an opinion: a sender is only told apart from
another sender, one who writes a hundred times counts once, and a trouble that fewer than `fewest_senders` people wrote
of is not told at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp, lgamma, log, log1p

from .naming import FindPersonal, words_for
from .topics import Letter, cluster

FEWEST = 5
"""Of fewer people no topic is told, unless the caller asks for less: an official may, the public page may not."""
MOST_OTHERS = 1_500
SURE = 0.10
"""Two troubles told as one are worse than one told as two: groups are not looser than this
unless the caller says so."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A trouble that is rising. `letters` and `senders` count [since, until); `senders_before` counts [before, since).

    `growth` is how many times more often people write of it than before, measured against all other letters.
    `significance` is −log10 of the chance that as many or more would write if nothing had changed: 1.3 is 1 in 20,
    3 is 1 in 1,000.
    """

    name: str
    words: tuple[str, ...]
    place: str
    since: datetime
    until: datetime
    letters: int
    senders: int
    senders_before: int
    growth: float
    significance: float
    ids: tuple[int | str, ...]


def hot_topics(
    letters: Sequence[Letter],
    since: datetime,
    until: datetime,
    before: datetime,
    place: str = "",
    fewest_senders: int = FEWEST,
    threshold: float | None = None,
    top: int = 10,
    *,
    least_significance: float = 1.3,
    find_personal: FindPersonal | None = None,
) -> list[Topic]:
    """Troubles that more people write of in [since, until) than in [before, since), the most certain rise first.

    `place`: a code under which a letter's place lies (610100 holds 610102), or a name it equals; empty for everywhere.
    A group that has no telling words of its own is no trouble that could be told, and is left out.
    Letters without a sender cannot be told apart and count as one sender together. `threshold` is `cluster`'s.
    """
    if not before <= since < until:
        raise ValueError("hot_topics needs before ≤ since < until")
    there = [letter for letter in letters if letter.at and before <= letter.at < until and lies_in(letter.place, place)]
    by_id = {letter.id: letter for letter in there}
    found_groups = cluster(there, threshold)
    if threshold is None and found_groups.threshold < SURE:
        found_groups = cluster(there, SURE)
    groups = [[by_id[number] for number in group] for group in found_groups.groups]
    parted = [
        ([one for one in group if _at(one) >= since], [one for one in group if _at(one) < since]) for group in groups
    ]
    counted = [(_senders(now), _senders(earlier)) for now, earlier in parted]
    all_now, all_before = sum(now for now, _ in counted), sum(earlier for _, earlier in counted)
    by_days = (until - since) / (until - before)
    found = []
    for (now, _), (senders, senders_before) in zip(parted, counted, strict=True):
        if senders < max(fewest_senders, 1):
            continue
        share = _share(all_now - senders, all_before - senders_before, by_days)
        certain = significance(senders, senders_before, share)
        growth = (senders + 0.5) / (senders_before + 0.5) * (1 - share) / share if share < 1 else 1.0
        if growth > 1 and certain >= least_significance:
            found.append((certain, senders, senders_before, growth, now))
    found.sort(key=lambda one: (-one[0], -one[1]))
    named: list[Topic] = []
    for one in found:
        topic = _topic(one, there, since, until, fewest_senders, find_personal)
        if topic.words and len(named) < top:
            named.append(topic)
        elif len(named) >= top:
            break
    return named


def lies_in(place: str, wider: str) -> bool:
    """Is `place` the same as `wider` or, by GB/T 2260 codes, within it?"""
    if not wider or place == wider:
        return True
    return wider.isdigit() and place.isdigit() and place.startswith(_stem(wider))


def _stem(code: str) -> str:
    while code.endswith("00") and len(code) > 2:
        code = code[:-2]
    return code


def significance(now: int, earlier: int, share: float) -> float:
    """−log10 P(X ≥ now) for X ~ Binomial(now + earlier, share): the exact test of two Poisson
    rates (Przyborowski 1940).

    `share` is the part that would fall into the later period if nothing had changed.
    """
    total = now + earlier
    if not 0 < share < 1 or now == 0:
        return 0.0
    logs = [
        lgamma(total + 1) - lgamma(k + 1) - lgamma(total - k + 1) + k * log(share) + (total - k) * log1p(-share)
        for k in range(now, total + 1)
    ]
    highest = max(logs)
    return max(0.0, -(highest + log(sum(exp(one - highest) for one in logs))) / log(10))


def _at(letter: Letter) -> datetime:
    assert letter.at is not None
    return letter.at


def _senders(letters: Sequence[Letter]) -> int:
    return len({letter.sender for letter in letters})


def _share(rest_now: int, rest_before: int, by_days: float) -> float:
    """The part of all other troubles' senders that falls into the period; by its days where there are hardly any."""
    return (rest_now + by_days) / (rest_now + rest_before + 1)


def _topic(
    one: tuple[float, int, int, float, list[Letter]],
    letters: Sequence[Letter],
    since: datetime,
    until: datetime,
    fewest_senders: int,
    find_personal: FindPersonal | None,
) -> Topic:
    certain, senders, senders_before, growth, now = one
    mine = {letter.id for letter in now}
    others = [letter.text for letter in letters if letter.id not in mine]
    step = max(1, len(others) // MOST_OTHERS)
    firsts = list({letter.sender: letter for letter in reversed(now)}.values())
    words = words_for(
        [(letter.sender, letter.text) for letter in firsts], others[::step], fewest_senders, find_personal
    )
    places = Counter(letter.place for letter in now)
    place, most = places.most_common(1)[0]
    return Topic(
        name="·".join(words),
        words=words,
        place=place if most * 2 >= len(now) else "",
        since=since,
        until=until,
        letters=len(now),
        senders=senders,
        senders_before=senders_before,
        growth=round(growth, 2),
        significance=round(certain, 2),
        ids=tuple(letter.id for letter in now),
    )
