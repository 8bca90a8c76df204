"""A thief with the database: the file of SQLite, or a dump of every table of PostgreSQL, and neither
keys nor a running house.

He knows every published letter, and twenty letters of his own that he sent through the door. Before (commit 15d101b)
the search stored one fixed keyed hash for each pair of neighbouring characters, in order: laying the hashes of known
letters beside their texts gave him a dictionary, and with it he read most of the characters of the unpublished ones. A
person's letters could be tied together by a keyed hash of the telephone number, and a letter of his own compared with
unpublished ones by its signature. Now nothing in the database depends on what a letter says but how long it is: what is
derived from sealed text is sealed too, in pages of a few sizes.
"""

from __future__ import annotations

import hashlib
import random
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tests.publishing import publish
from tests.text.own_letters import TROUBLES
from tongban.cases.actor import SYSTEM
from tongban.cases.models import Act, Case
from tongban.cases.settling import settle
from tongban.cases.writer import Step, Submission, perform, submit_many
from tongban.letters.models import PublishedLetter
from tongban.published.doubts import doubts_in
from tongban.text import bigrams, fold
from tongban.text.phrases import BREAK

OWN = [text.split("\n", 1) for texts in TROUBLES.values() for text in texts]
PUBLIC_INDEX = "published_index"
"""Of letters that everybody may read."""


def spread(seed: int) -> tuple[str, str]:
    """A letter out of the sentences of others, as letters of one town are: the same words in other company."""
    chance = random.Random(seed)
    sentences = [
        sentence for _subject, body in OWN for sentence in body.replace("。", "，").split("，") if len(sentence) > 3
    ]
    return chance.choice(OWN)[0], "，".join(chance.sample(sentences, 7)) + "。"


@pytest.fixture
def town(letter, actor) -> dict[str, list[Case]]:
    """Letters: published ones, twenty of the thief's own, and those that nobody should read."""
    handler = actor("610113-CG", "handler")
    published = [
        letter(subject=subject, body=body, nonce=f"p{number}")[0]
        for number, (subject, body) in enumerate(spread(number) for number in range(12))
    ]
    for case in published:
        perform(case.pk, Step("answer", handler, {"text": "已经核实，近日整改。", "at_once": True}))
        shown = {"subject": case.subject, "body": case.body, "answer": "已经核实，近日整改。"}
        cleared = " ".join(doubt.key for doubt in doubts_in(shown))
        publish(case, handler, {**shown, "cleared": cleared})
    chosen = [
        letter(subject=subject, body=body, nonce=f"c{number}")[0]
        for number, (subject, body) in enumerate(spread(100 + number) for number in range(20))
    ]
    secret = [
        letter(subject=subject, body=body, name="王小明", phone=f"1380013800{number}", nonce=f"s{number}")[0]
        for number, (subject, body) in enumerate(spread(200 + number) for number in range(10))
    ]
    while settle():
        pass
    return {"published": published, "chosen": chosen, "secret": secret}


def tables() -> list[str]:
    with connection.cursor() as cursor:
        return connection.introspection.table_names(cursor)


def rows(table: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        return [column[0] for column in cursor.description], cursor.fetchall()


def tokens_in_place() -> Iterator[tuple[int, int, str]]:
    """(row, place, token) of whatever full-text index the database holds besides the public one."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'")
            for (name,) in [row for row in cursor.fetchall() if row[0] != PUBLIC_INDEX]:
                cursor.execute(f"CREATE VIRTUAL TABLE temp.thief USING fts5vocab('main', '{name}', 'instance')")
                cursor.execute("SELECT doc, offset, term FROM temp.thief")
                yield from cursor.fetchall()
                cursor.execute("DROP TABLE temp.thief")
            return
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE data_type = 'tsvector' AND "
            "table_schema = 'public'"
        )
        for table, column in [row for row in cursor.fetchall() if row[0] != PUBLIC_INDEX]:
            cursor.execute(
                f"SELECT i.{'act_id' if table == 'case_index' else 'id'}, u.lexeme, u.positions FROM {table} i, "
                f"unnest(i.{column}) u"
            )
            for number, lexeme, places in cursor.fetchall():
                yield from ((number, place - 1, lexeme) for place in places)


def bigrams_of(case: Case) -> list[str]:
    return bigrams(f"{case.subject}\n{case.body}")


def read_by_alignment(town: dict[str, list[Case]]) -> float:
    """The share of the characters of secret letters that the thief reads by laying tokens beside the texts he knows."""
    tokens: dict[int, dict[int, str]] = defaultdict(dict)
    for number, place, token in tokens_in_place():
        tokens[number][place] = token
    opening = dict(Act.objects.filter(sequence=1).values_list("case_id", "pk"))
    spoken: dict[str, Counter[str]] = defaultdict(Counter)
    for case in town["published"] + town["chosen"]:
        for place, pair in enumerate(bigrams_of(case)):
            if place in tokens[opening[case.pk]]:
                spoken[tokens[opening[case.pk]][place]][pair] += 1
    dictionary = {token: known.most_common(1)[0][0] for token, known in spoken.items()}
    right = total = 0
    for case in town["secret"]:
        for place, pair in enumerate(bigrams_of(case)):
            if pair != BREAK:
                total += 1
                right += dictionary.get(tokens[opening[case.pk]].get(place, "")) == pair
    return right / total


def test_laying_tokens_beside_known_letters_reads_none_of_the_unpublished_ones(town):
    assert PublishedLetter.objects.count() == 12
    assert read_by_alignment(town) <= 0.01


def windows(value: bytes) -> set[bytes]:
    return {value[start : start + 6] for start in range(len(value) - 5)}


def test_no_piece_of_any_column_goes_with_a_word(town):
    """No bigram dictionary of another kind either: no six bytes of a value stand in two rows because two
    letters share their words."""
    for table in tables():
        if table.startswith((PUBLIC_INDEX, "letters_publishedletter", "django_", "sqlite_", "ledger_")):
            continue
        columns, found = rows(table)
        for place, _column in enumerate(columns):
            blobs = [
                bytes(row[place])
                for row in found
                if isinstance(row[place], bytes | memoryview) and len(bytes(row[place])) > 40
            ]
            met: Counter[bytes] = Counter()
            for blob in blobs:
                met.update(windows(blob[17:]))  # behind the version, the key's name and the nonce
            assert not [piece for piece, times in met.items() if times > 1], (table, columns[place])


def test_sealed_values_look_like_noise(town):
    """They cannot be made smaller, and no byte is commoner than chance has it."""
    for table in tables():
        columns, found = rows(table)
        for place, column in enumerate(columns):
            if table.startswith((PUBLIC_INDEX, "ledger_", "sqlite_")):
                continue
            sealed = b"".join(
                bytes(row[place])[17:]
                for row in found
                if isinstance(row[place], bytes | memoryview) and bytes(row[place])[:1] == b"\x01"
            )
            if len(sealed) < 4_000:
                continue
            assert len(zlib.compress(sealed, 9)) >= len(sealed), (table, column)
            expected = len(sealed) / 256
            assert sum((sealed.count(byte) - expected) ** 2 / expected for byte in range(256)) < 380, (
                table,
                column,
            )  # p < 10⁻⁶


SHARED = {
    "kind", "state", "phase", "matter_id", "place_id", "unit_id", "against_id", "visibility", "anonymous", "channel",
    "language", "rung", "version", "sequence", "returns",
    "extended_days", "published", "submitted_at", "step_since", "due_at", "answer_due_at", "act", "actor", "role", "at",
    "state_before", "state_after", "public", "for_unit",
    "settled", "docs", "generation", "part", "head", "pages", "first_case", "last_case", "rowid", "id", "case_id",
}  # fmt: skip
"""What two letters may share: what everybody knows of them, their times, and how large things are."""


def of_case(case: Case) -> Iterator[tuple[str, str, Any]]:
    """(table, column, value) of every row that can be laid to a case: by its own id, or by that of one of its acts."""
    acts = set(Act.objects.filter(case_id=case.pk).values_list("pk", flat=True))
    for table in tables():
        if table.startswith(("django_", "sqlite_")):
            continue
        columns, found = rows(table)
        for row in found:
            named = dict(zip(columns, row, strict=True))
            mine = (
                named.get("id") == case.pk
                if table == "cases_case" or "letter_copy" in table
                else named.get("case_id") == case.pk or named.get("act_id") in acts
            )
            if mine:
                yield from ((table, column, value) for column, value in named.items() if value not in (None, "", 0, 1))


def plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value)


def test_two_letters_of_one_person_share_nothing_but_what_is_public(letter):
    """The same words from the same telephone: no two values are equal, so nothing ties them together."""
    subject, body = spread(7)
    one, other = (
        letter(subject=subject, body=body, name="王小明", phone="13800138000", email="a@example.org", nonce=nonce)[0]
        for nonce in ("1", "2")
    )
    while settle():
        pass
    first = {(table, column, plain(value)) for table, column, value in of_case(one) if column not in SHARED}
    second = {(table, column, plain(value)) for table, column, value in of_case(other) if column not in SHARED}
    assert first
    assert first & second == set()


@pytest.mark.parametrize("size", [40, 400])
def test_a_segments_size_tells_no_more_than_a_letters_length(letter, size):
    """One letter alone in a segment: letters of the same length take the same pages, whatever they say."""
    from tongban.cases.models import Segment, SegmentPage

    alphabet = [chr(0x4E00 + number * 7) for number in range(600)]
    for number, text in enumerate(("的" * size, "".join(random.Random(1).choices(alphabet, k=size)))):
        letter(subject="题", body=text, nonce=f"{number}")
        settle()
    smallest, largest = (
        len(bytes(sealed))
        for sealed in sorted(
            (
                bytes(page)
                for page in SegmentPage.objects.filter(
                    pk__in=[row * 4096 for row in Segment.objects.filter(kind="words").values_list("pk", flat=True)]
                ).values_list("sealed", flat=True)
            ),
            key=len,
        )
    )
    assert smallest in (1_024 + 33, 2_048 + 33, 4_096 + 33)
    assert largest in (1_024 + 33, 2_048 + 33, 4_096 + 33)


def test_a_topic_of_unpublished_letters_is_sealed(letter):
    from tests.letters.test_advice import PARKING, background
    from tongban.letters.advice import rising
    from tongban.letters.models import RisingTopic

    background(lambda **values: letter(**values)[0])
    for number in range(8):
        letter(subject="小区停车", body=PARKING.format(number), phone=f"1388888{number:04d}", visibility="confidential")
    rising.work_out()
    assert RisingTopic.objects.filter(public=False).exists()
    columns, found = rows("letters_risingtopic")
    for row in found:
        for column, value in zip(columns, row, strict=True):
            words = bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
            assert "车位" not in words, column
            assert "停车" not in words, column


@pytest.mark.django_db(transaction=True)
def test_no_file_of_the_house_holds_a_word_of_a_letter(letter):
    """The database file, its write-ahead log, and every other file that the house writes (temporary ones too)."""
    subject, body = spread(11)
    histories = [
        Submission(
            "letter",
            "0101",
            "610113",
            subject,
            body,
            name="王小明",
            phone="13800138000",
            source=f"x{number}",
            channel="import",
        )
        for number in range(3)
    ]
    from django.utils import timezone

    from tongban.cases.index import merging
    from tongban.cases.writer import History

    submit_many([History(sent, timezone.now()) for sent in histories], SYSTEM)
    while settle(1):
        pass
    while merging.keep_up():
        pass
    files = [path for path in Path(settings.DATA).rglob("*") if path.is_file()]
    if connection.vendor == "sqlite":
        name = Path(str(connection.settings_dict["NAME"]))
        assert name in files or name.exists()
        files += [path for path in name.parent.glob(f"{name.name}*") if path not in files]
    words = [*body.split("，"), subject, "王小明", "13800138000"]
    pairs = {pair for pair in bigrams(body) if len(pair) == 2}
    hashes = [hashlib.blake2b(pair.encode(), digest_size=6).hexdigest() for pair in pairs]
    for path in files:
        try:
            content = path.read_bytes()
        except FileNotFoundError:  # another connection closed: SQLite takes its -wal and -shm away with the last one
            continue
        for word in words:
            for coded in (word.encode(), fold(word).encode(), word.encode("utf-16-le"), word.encode("utf-32-le")):
                assert coded not in content, path
        assert not [value for value in hashes if value.encode() in content], path


def test_a_learned_model_and_its_card_are_sealed_and_follow_the_keys(letter, settings, tmp_path):
    """The model's lexicon and its card hold words of unpublished letters; they lay beside the database in clear."""
    from tongban.letters.advice import matters
    from tongban.vault.keyring import new_key

    settings.DATA = tmp_path
    matters.forget()
    for number in range(12):
        case, _ = letter(subject="路灯坏了", body=f"梧桐里门口的路灯坏了，第{number}次来信。")
        Case.objects.filter(pk=case.pk).update(state="accepted")
    where = matters.learn()
    matters.forget()
    advice = matters.advise("路灯坏了")
    assert advice is not None
    files = [file for file in where.parent.rglob("*") if file.is_file()]
    assert len(files) == 3
    for file in files:
        content = file.read_bytes()
        assert content[:1] == b"\x01"
        assert len(zlib.compress(content, 9)) >= len(content)
        assert "路灯".encode() not in content
    old, new = settings.VAULT_KEYS, new_key()
    settings.VAULT_KEYS = f"{new},{old}"
    assert sum(matters.reseal()) == 3
    settings.VAULT_KEYS = new
    matters.forget()
    assert matters.advise("路灯坏了") == advice
    assert "letters" in str(matters.card())
    matters.forget()
