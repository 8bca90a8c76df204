"""What a scan is asked for, and the fields that it finds: from the counts of a column or of a text
to what the report says.

Sample values leave here masked. Not for reading (`sources`) nor for counting (`tally`, `prose`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from . import cells, compiled, reasons
from .columns import Verdict, verdicts
from .findings import Finding, kinds
from .grading import grade, levels
from .masking import shown
from .patterns import PATTERNS, Pattern
from .people_basic import find_doors
from .prose import TextTally
from .report import FieldFound
from .rules import Rules
from .scanning import Stage
from .sources import Limits
from .tally import Tally


@dataclass(frozen=True, slots=True)
class Options:
    """`sample`: rows of each table, 0 for all. `checked_only`: nothing but numbers with a check, at full speed.

    `profile`: of grading.PROFILES. `people`: a finder of names and addresses; by default the model where its loops can
    be compiled, else what wording alone tells.
    """

    profile: str = "45574"
    sample: int = 0
    checked_only: bool = False
    rules: Rules = field(default_factory=Rules)
    people: Stage | None = None
    tables: tuple[str, ...] | None = None
    limits: Limits = field(default_factory=Limits)

    @property
    def stage(self) -> Stage | None:
        """The finder of names and addresses that is used."""
        if self.people is not None or self.checked_only or not compiled.possible():
            return self.people
        return by_model

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """The patterns that are looked for: ours and the department's own."""
        return PATTERNS + self.rules.patterns


def by_model(text: str) -> list[Finding]:
    """Names, addresses and organisations by the model, and doors that stand alone."""
    from .people import find_people

    return [*find_people(text), *find_doors(text)]


def table_fields(source: str, part: str, tally: Tally, options: Options, sampled: bool = False) -> list[FieldFound]:
    """One field for every column of a table."""
    return [
        _field(source, part, tally, at, verdict, options)
        for at, verdict in enumerate(verdicts(tally, sampled, options.rules, options.stage))
    ]


def _field(source: str, part: str, tally: Tally, at: int, verdict: Verdict, options: Options) -> FieldFound:
    name = tally.columns[at]
    graded = grade([verdict.type, *verdict.also], verdict.persons, options.profile, dict(options.rules.levels))
    filled = int(tally.filled[at])
    found = dict(verdict.also)
    if verdict.type and verdict.type not in found:
        found[verdict.type] = round(verdict.share * filled)
    samples = (
        [shown(value, verdict.type) for value in list(dict.fromkeys(tally.sample[at]))[:3]] if verdict.type else []
    )
    return FieldFound(
        source=source, part=part, column=name, rows=tally.rows, filled=filled, type=verdict.type, share=verdict.share,
        persons=verdict.persons,
        sure=verdict.sure, why=verdict.why, level=graded.level, personal=graded.personal, sensitive=graded.sensitive,
        because=graded.because, found=found,
        error_bound=verdict.error_bound,
        where=tuple(f"row {number + 1}" for number in tally.where.get(at, ())) if verdict.type else (),
        samples=tuple(samples), declared=str(tally.declared.get(name, "")),
        comment=str(tally.comments.get(name, "") or ""),
    )  # fmt: skip


def text_field(source: str, part: str, tally: TextTally, options: Options) -> FieldFound:
    """The field of a running text: its type is the one of the highest grade, then the most frequent."""
    persons = max(
        (
            cells.estimate(registers)
            for name, registers in tally.registers.items()
            if name in kinds() and kinds()[name].identifies
        ),
        default=0,
    )
    graded = grade(list(tally.found), persons, options.profile, dict(options.rules.levels))

    def weight(name: str) -> tuple[int, int]:
        return levels().index(grade([name], 0, options.profile, dict(options.rules.levels)).level), tally.found[name]

    top = max(tally.found, key=weight)
    why = reasons.code("kind", top) if top in kinds() else reasons.code("own", options.rules.names.get(top, top))
    return FieldFound(
        source=source, part=part, column="", rows=tally.lines + 1, filled=tally.lines + 1, type=top, share=0.0,
        persons=persons, sure=round(tally.sure[top], 2), why=why,
        level=graded.level, personal=graded.personal, sensitive=graded.sensitive, because=graded.because,
        found=dict(tally.found),
        where=tuple(place for place in tally.where if place), samples=tuple(tally.samples.values()),
    )  # fmt: skip
