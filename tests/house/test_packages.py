"""What pyproject.toml says of packages agrees with itself, and a fresh machine fetches no source it does not need."""

import shutil
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PINNED = {
    canonicalize_name(r.name): next(iter(r.specifier)).version
    for r in map(Requirement, PROJECT["tool"]["uv"]["constraint-dependencies"])
}


def test_metadata_said_in_advance_is_of_the_version_that_is_pinned():
    said = PROJECT["tool"]["uv"]["dependency-metadata"]
    assert said
    for package in said:
        assert PINNED[package["name"]] == package["version"]


def test_every_package_asked_for_is_pinned_or_beside_the_project():
    asked = [
        *PROJECT["project"]["dependencies"],
        *(r for group in PROJECT["dependency-groups"].values() for r in group),
    ]
    names = {canonicalize_name(Requirement(r).name) for r in asked if isinstance(r, str)}
    assert names - {"tongban"} <= set(PINNED)


def test_a_fresh_machine_resolves_without_fetching_a_source(tmp_path):
    if not (uv := shutil.which("uv")):
        pytest.skip("uv is not on the PATH: nothing to resolve with")
    (tmp_path / "src/tongban").mkdir(parents=True)
    (tmp_path / "src/tongban/__init__.py").touch()
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    tool = subprocess.run(
        [uv, "lock", "-v", "--cache-dir", tmp_path / "cache"], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    if tool.returncode and "error sending request" in tool.stderr:
        pytest.skip("no package registry can be reached: nothing to resolve from")
    assert tool.returncode == 0, tool.stderr[-2000:]
    assert "Downloading source distribution" not in tool.stderr


def test_the_wheel_holds_what_runs_and_nothing_that_only_makes_its_models(tmp_path):
    """Training of the names' model lies in `training/`, beside the package; a city trains the
    model of matters itself."""
    if not (uv := shutil.which("uv")):
        pytest.skip("uv is not on the PATH: nothing to build with")
    built = subprocess.run(
        [uv, "build", "--wheel", "-o", tmp_path, ROOT], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    if built.returncode and "error sending request" in built.stderr:
        pytest.skip("no package registry can be reached: nothing to build with")
    assert built.returncode == 0, built.stderr[-2000:]
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        names = set(file.namelist())
        starts = file.read(next(name for name in names if name.endswith("entry_points.txt"))).decode()
    inside = {name for name in names if ".dist-info/" not in name}
    source = ROOT / "src"
    own = {
        str(path.relative_to(source))
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in inside if not name.startswith("tongban/")} == set()
    assert inside <= own
    assert {name for name in own if name.endswith(".py")} <= inside
    assert [name for name in inside if "training" in name] == ["tongban/text/matters_training.py"]
    assert "tongban/detect/data/people.npz" in inside
    assert "tongban = tongban.commands.main:main" in starts


def test_what_makes_the_models_is_told_where_the_model_lies():
    card = (ROOT / "src/tongban/detect/data/people.md").read_text("utf-8")
    for file in (
        "training/detect/teacher.py",
        "training/detect/people.py",
        "training/detect/data/people_templates.txt",
    ):
        assert f"`{file}`" in card
        assert (ROOT / file).exists()
