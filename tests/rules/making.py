"""Random tables and facts, and the slow, obvious way to judge them."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations, product

from hypothesis import strategies as st

from tongban.rules import (
    Declared,
    Distance,
    Group,
    Holds,
    HoldsNone,
    Is,
    IsNot,
    Leaf,
    Member,
    Members,
    NoneOf,
    NotWithin,
    OneOf,
    Range,
    Setting,
    Table,
    Within,
)

DAY = date(2026, 3, 1)
PLACES = {"61": ("61",), "6101": ("6101", "61"), "610113": ("610113", "6101", "61"), "6103": ("6103", "61")}
SETTING = Setting(DAY, line=lambda place: PLACES[place], place="610113")

WORDS = ["employed", "retired", "student"]
NUMBERS = [0, 1, 2, 3]
DATES = [
    date(1966, 2, 28), date(1966, 3, 1), date(1966, 3, 2), date(2004, 2, 29), date(2020, 1, 31), date(2026, 2, 1),
    date(2026, 3, 5),
]  # fmt: skip
KINDS = ["permit", "licence"]
CERTIFICATES = [[], [("permit", None)], [("permit", date(2026, 2, 28))], [("licence", DAY), ("permit", None)]]
PEOPLE = [[], [{"age": 3}], [{"age": 3}, {"age": None}], [{"age": 1, "pupil": True}, {"age": 3, "pupil": None}]]
DOMAINS = {
    "status": WORDS, "income": NUMBERS, "rooms": NUMBERS, "born": DATES, "came": DATES, "local": [True, False],
    "swears": [True, False],
    "home": list(PLACES), "papers": CERTIFICATES, "household": PEOPLE,
}  # fmt: skip

some_words = st.frozensets(st.sampled_from(WORDS), min_size=1, max_size=2)
words = st.one_of(
    st.sampled_from(WORDS).map(Is), st.sampled_from(WORDS).map(IsNot), some_words.map(OneOf), some_words.map(NoneOf)
)
bounds = st.tuples(st.sampled_from([None, 0, 1, 2]), st.sampled_from([None, 1, 2, 3])).filter(
    lambda pair: pair != (None, None)
)
numbers = st.one_of(bounds.map(lambda pair: Range(*pair)), st.sampled_from(NUMBERS).map(Is))
births = st.sampled_from([
    Distance("years", low=60), Distance("years", high=59), Distance("years", 0, 22), Distance("months", low=6),
    Distance("days", low=30),
    Range(high=date(1966, 3, 1)),
])  # fmt: skip
arrivals = st.sampled_from(
    [Distance("years", low=1, to="born"), Distance("days", low=0, to="born"), Distance("months", high=12)]
)
homes = st.sampled_from(
    [Within(frozenset({"6101"})), NotWithin(frozenset({"6101"})), Within(frozenset({"6103", "610113"}))]
)
papers = st.sampled_from([Holds("permit"), HoldsNone("permit"), Holds("licence")])
households = st.sampled_from(
    [
        Members((Member("age", Range(high=2)),)),
        Members((Member("age", Range(low=3)),), 2),
        Members((Member("age", Range(high=3)), Member("pupil", Is(True))), None, 0),
    ]
)
leaves = st.one_of(
    st.builds(Leaf, st.just("status"), words),
    st.builds(Leaf, st.sampled_from(["income", "rooms"]), numbers),
    st.builds(Leaf, st.just("born"), births),
    st.builds(Leaf, st.just("came"), arrivals),
    st.builds(Leaf, st.just("local"), st.booleans().map(Is)),
    st.builds(Leaf, st.just("swears"), st.just(Declared())),
    st.builds(Leaf, st.just("home"), homes),
    st.builds(Leaf, st.just("papers"), papers),
    st.builds(Leaf, st.just("household"), households),
)
groups = st.lists(leaves, min_size=1, max_size=3).map(lambda found: Group(tuple(found)))
tables = st.lists(groups, max_size=4).map(lambda found: Table("t", tuple(found)))
small_tables = st.lists(
    st.lists(leaves, min_size=1, max_size=2).map(lambda found: Group(tuple(found))), max_size=3
).map(lambda found: Table("t", tuple(found)))
facts = st.fixed_dictionaries(
    {}, optional={code: st.one_of(st.none(), st.sampled_from(domain)) for code, domain in DOMAINS.items()}
)
whole_facts = st.fixed_dictionaries({code: st.sampled_from(domain) for code, domain in DOMAINS.items()})


def brute_leaf(leaf, given):
    """The leaf by what it says, written once more and slowly."""
    operator, value = leaf.operator, given.get(leaf.fact)
    if value is None:
        return None
    if isinstance(operator, Members):
        ways = {
            _counted(operator, [dict(zip(("age", "pupil"), answer, strict=True)) for answer in answers])
            for answers in product(
                *(list(product(_or(one.get("age"), range(5)), _or(one.get("pupil"), [True, False]))) for one in value)
            )
        }
        return ways.pop() if len(ways) == 1 else None
    if isinstance(operator, Distance):
        until = DAY if operator.to is None else given.get(operator.to)
        if until is None:
            return None
        return _in(_steps(value, until, operator.unit), operator.low, operator.high)
    return _simple(operator, value)


def _simple(operator, value):
    if isinstance(operator, Is):
        return value == operator.value
    if isinstance(operator, IsNot):
        return value != operator.value
    if isinstance(operator, OneOf):
        return value in operator.values
    if isinstance(operator, NoneOf):
        return value not in operator.values
    if isinstance(operator, Range):
        return _in(value, operator.low, operator.high)
    if isinstance(operator, Within):
        return any(value.startswith(place) for place in operator.places)
    if isinstance(operator, NotWithin):
        return not any(value.startswith(place) for place in operator.places)
    if isinstance(operator, Declared):
        return value
    held = any(kind == operator.kind and (until is None or until >= DAY) for kind, until in value)
    return held if isinstance(operator, Holds) else not held


def _or(value, otherwise):
    return list(otherwise) if value is None else [value]


def _in(value, low, high):
    return (low is None or value >= low) and (high is None or value <= high)


def _counted(operator, people):
    met = sum(all(_simple(one.operator, person[one.fact]) for one in operator.where) for person in people)
    return _in(met, operator.low, operator.high)


def _steps(since, until, unit):
    """Completed units, counted one by one on the calendar."""
    if unit == "days":
        return (until - since).days
    months = {"months": 1, "years": 12}[unit]
    count = 0
    if until >= since:
        while _reached(since, (count + 1) * months) <= until:
            count += 1
        return count
    while _reached(since, count * months) > until:
        count -= 1
    return count


def _reached(since, months):
    """The first day on which so many months are complete: the same number, else the first of the month after."""
    year, month = divmod(since.year * 12 + since.month - 1 + months, 12)
    try:
        return date(year, month + 1, since.day)
    except ValueError:
        return (
            date(year, month + 1, 28)
            + timedelta(days=4)
            - timedelta(days=(date(year, month + 1, 28) + timedelta(days=4)).day - 1)
        )


def brute(table, given):
    """The value by trying every leaf."""
    values = []
    for group in table.groups:
        met = [brute_leaf(leaf, given) for leaf in group.leaves]
        values.append(True if True in met else None if None in met else False)
    return False if False in values else None if None in values else True


def fewest_changes(table, given):
    """How few facts would have to be otherwise or known for a yes, tried over the whole domains;
    None: four do not do it."""
    asked = sorted(table.facts)
    for number in range(min(len(asked), 4) + 1):
        for chosen in combinations(asked, number):
            for values in product(*(DOMAINS[fact] for fact in chosen)):
                if brute(table, {**given, **dict(zip(chosen, values, strict=True))}) is True:
                    return number
    return None
