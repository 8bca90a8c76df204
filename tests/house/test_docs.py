"""What the documents show can be run as it stands."""

from __future__ import annotations

import re
from pathlib import Path

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
