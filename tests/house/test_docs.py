"""What the documents show can be run as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


def code(name: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (DOCS / name).read_text(encoding="utf-8"), re.S)


def test_the_library_pages_code_runs(tmp_path):
    from tests.merkle.conftest import write_log
    from tongban.merkle import new_signer

    make, check = code("rooms/merkle.md")
    exec(make, {})
    signer = new_signer("city.example/ledger")
    earlier = write_log(tmp_path / "log", [b"%d" % i for i in range(300)], signer)
    write_log(tmp_path / "log", [b"%d" % i for i in range(700)], signer)
    names = {"where": str(tmp_path / "log"), "verifier": signer.verifier, "earlier": earlier}
    exec(check, names)
    assert names["checkpoint"].size == 700


def test_every_link_between_the_documents_leads_somewhere():
    root = DOCS.parent
    for page in [*DOCS.rglob("*.md"), root / "README.md", root / "README.zh.md", root / "CHANGELOG.md"]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.relative_to(root)}: {target}"


def test_every_room_has_its_page():
    rooms = {path.name for path in (DOCS.parent / "src" / "tongban").iterdir() if (path / "__init__.py").exists()}
    told = (DOCS / "tour.md").read_text(encoding="utf-8")
    for room in rooms - {"bench", "demo", "locale"}:
        assert f"`{room}/`" in told, f"the tour does not mention {room}/"


def pages() -> list[Path]:
    """What is read as documentation, the readmes too."""
    return [*sorted(DOCS.rglob("*.md")), DOCS.parent / "README.md", DOCS.parent / "README.zh.md"]


def shown(page: Path) -> list[str]:
    """The code of a page: lines of its blocks, and what stands between backticks."""
    text = page.read_text(encoding="utf-8")
    fenced = re.findall(r"^```\w*\n(.*?)^```$", text, re.S | re.M)
    rest = re.sub(r"^```\w*\n.*?^```$", "", text, flags=re.S | re.M)
    return (
        [line for block in fenced for line in block.splitlines()]
        + re.findall(r"^ {4,}(\S.*)$", rest, re.M)
        + re.findall(r"`([^`\n]+)`", rest)
    )


COMMAND = re.compile(r"(?<![\w/.=@-])tongban((?: +[^\s|;&#()]+)+)")
NOT_COMMANDS = ("link", "salt", "item", "keys.new")
"""Words after “tongban” that are not commands: labels of the ledger's keys."""


def commands(page: Path) -> list[list[str]]:
    """The words after `tongban` in the code of a page."""
    found = [match.split() for line in shown(page) for match in COMMAND.findall(line)]
    return [
        words
        for words in found
        if not words[0].startswith(("-", "/", "[", "<", "…", "{"))
        and words[0] not in NOT_COMMANDS
        and words[0].isascii()
    ]


def test_every_command_that_the_documents_name_exists_with_its_options():
    import typer

    from tongban.commands.main import app

    seen = set()
    whole = typer.main.get_command(app)
    for page in pages():
        for words in commands(page):
            command, path = whole, "tongban"
            while hasattr(command, "commands") and words:
                name = words.pop(0).strip("[]`.,…，。：；")
                assert name in command.commands, f"{page.name}: {path} has no {name}"
                command, path = command.commands[name], f"{path} {name}"
            seen.add(path)
            if path == "tongban manage":
                continue
            known = {
                option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
            } | {"--help"}
            for word in words:
                option = word.strip("[]…").split("=")[0]
                assert not option.startswith("--") or option in known, f"{page.name}: {path} has no {option}"
    assert {
        "tongban serve",
        "tongban migrate",
        "tongban doctor",
        "tongban keys rotate",
        "tongban ledger recover",
        "tongban bench text",
    } <= seen


FILE = re.compile(r"[\w/.-]+\.(?:py|toml|csv|json|html|css|md)")
NOT_FILES = {
    "places.csv",
    "duties.csv",
    "2027.csv",
    "in.csv",
    "out.csv",
    "letters.csv",
    "card.json",
    "card.md",
    "keys.json",
    "docs/rooms/repairs.md",
}
"""Names of files that a reader brings, or that commands write."""


def test_every_file_that_the_documents_name_exists():
    root, source = DOCS.parent, DOCS.parent / "src" / "tongban"
    own = set(re.findall(r"^(?:#|\{#) (\S+)", (DOCS / "add-a-kind-of-case.md").read_text(encoding="utf-8"), re.M))
    everywhere = {path.name for folder in (source, root / "tests") for path in folder.rglob("*.*")}
    missing = []
    for page in pages():
        folders = [
            root,
            source,
            source / page.stem,
            source / "gate",
            source / "portal",
            source / "portal" / "static" / "tongban",
            source / "portal" / "templates" / "tongban",
            source / "letters" / "advice",
            DOCS,
        ]
        for text in re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8")):
            if not FILE.fullmatch(text) or text.startswith("/") or text in NOT_FILES | own:
                continue
            if text not in everywhere and not any((folder / text).exists() for folder in folders):
                missing.append(f"{page.relative_to(root)}: {text}")
    assert missing == []


def test_every_name_in_the_house_that_the_documents_use_exists():
    import importlib

    rooms = {path.name for path in (DOCS.parent / "src" / "tongban").iterdir() if (path / "__init__.py").exists()}
    count = 0
    for page in pages():
        for text in re.findall(r"`(?:tongban\.)?((?:\w+\.)+\w+)(?:\([^`]*\))?`", page.read_text(encoding="utf-8")):
            first, *rest = text.split(".")
            if first not in rooms or rest[-1] in ("py", "md", "csv", "toml", "json", "html", "css"):
                continue
            found, path = importlib.import_module(f"tongban.{first}"), f"tongban.{first}"
            for name in rest:
                path = f"{path}.{name}"
                try:
                    found = importlib.import_module(path)
                except ModuleNotFoundError:
                    assert hasattr(found, name), f"{page.name}: {text}"
                    found = getattr(found, name)
            count += 1
    assert count > 20


@pytest.mark.parametrize("name", ["operations.md", "operations.zh.md"])
def test_the_table_of_settings_is_that_of_the_code(name):
    from tongban.config.environment import INSECURE, Environment

    rows = re.findall(
        r"^\| `(TONGBAN_\w+|DATABASE_URL)` \|([^|]*)\|([^|]+)\|$", (DOCS / name).read_text(encoding="utf-8"), re.M
    )
    told = {
        variable: default.strip().strip("`") for variable, default, _meaning in reversed(rows)
    }  # the table of keys comes after it
    secret = {"secret_key", "vault_keys", "vault_index_key"}
    known = {}
    for field, info in Environment.model_fields.items():
        default = "" if info.default in (None, "") else str(info.default)
        known["DATABASE_URL" if field == "database_url" else f"TONGBAN_{field.upper()}"] = (
            "*" if field in secret else default
        )
    assert set(told) == set(known)
    assert {variable: default for variable, default in told.items() if known[variable] != "*"} == {
        variable: default for variable, default in known.items() if default != "*"
    }
    assert INSECURE not in "".join(told.values())


@pytest.mark.parametrize("name", ["operations.md", "operations.zh.md"])
def test_the_units_start_what_serve_starts(name):
    from tongban.commands.serving import server_command

    starts = re.findall(r"^ExecStart=(.+)$", (DOCS / name).read_text(encoding="utf-8"), re.M)
    command = server_command("127.0.0.1", 8000, 2)
    if name == "operations.md":
        assert starts[0].split()[1:] == command[1:]
        assert starts[1].endswith("/tongban worker")
    else:
        assert starts == []  # the Chinese page points to the blocks of the English one


def test_the_chinese_page_of_operations_has_the_chapters_and_commands_of_the_english_one():
    english, chinese = DOCS / "operations.md", DOCS / "operations.zh.md"

    def chapters(page: Path) -> int:
        return len(re.findall(r"^## ", page.read_text(encoding="utf-8"), re.M))

    assert chapters(english) == chapters(chinese)
    assert {" ".join(words[:2]) for words in commands(english)} == {" ".join(words[:2]) for words in commands(chinese)}


def test_the_tables_of_a_letter_are_those_of_its_procedure():
    from tests.house.letter_tables import PAGE, tables, told

    assert told(PAGE.read_text(encoding="utf-8")) == tables()


def test_every_link_to_a_chapter_finds_it():
    for page in pages():
        for target, chapter in re.findall(r"\]\(([^)#\s]*)#([^)]+)\)", page.read_text(encoding="utf-8")):
            if "://" in target:
                continue
            text = ((page.parent / target) if target else page).read_text(encoding="utf-8")
            titles = {
                re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
                for title in re.findall(r"^#+ (.+)$", text, re.M)
            }
            assert chapter in titles, f"{page.name}: {target}#{chapter}"


def test_every_room_has_a_page_of_its_own_and_the_index_names_every_page():
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    rooms = {path.name for path in (DOCS.parent / "src" / "tongban").iterdir() if (path / "__init__.py").exists()} - {
        "locale"
    }
    assert {room for room in rooms if not (DOCS / "rooms" / f"{room}.md").exists()} == set()
    for page in DOCS.rglob("*.md"):
        if page.name != "README.md" and page.parent.name != "decisions":
            assert f"({page.relative_to(DOCS)})" in index, page


def test_the_words_of_the_house_are_in_the_glossary_with_their_chinese():
    from tongban.accounts.models import Post, Role
    from tongban.cases.models import Act, Case
    from tongban.letters.procedure import LETTER
    from tongban.registry.models import Duty, Matter, Place, TimeLimit, Unit

    text = (DOCS / "words.md").read_text(encoding="utf-8")
    for model in (Place, Unit, Matter, Duty, TimeLimit, Case, Act, Post):
        assert str(model._meta.verbose_name) in text, model
    for role in Role:
        assert f"`{role.value}` {role.label}" in text, role
    assert str(LETTER.label) in text
