"""The suggester of matters on letters from a file: how right, how sure, how fast, how large; simple
methods in the same run."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from tongban.text import MatterModel, load, save
from tongban.text.evaluating import evaluate
from tongban.text.matters_training import train
from tongban.text.reading import LettersFileError, read

from .memory import peak_bytes
from .server import machine, say

PEERS = {
    "published on such letters, splits not deduplicated": "fastText macro-F1 0.93, BERT with a linear SVM 0.967",
    "measured here on grouped splits": (
        "LSA with a linear SVM 0.910 at 830 letters/s, character n-grams with complement NB 0.888, fastText 0.871"
    ),
}


def run(*, data: Path, matters: Path | None, folds: int) -> int:
    """Measure; 0 where nothing failed."""
    say(bench="text", machine=machine(), peers=PEERS)
    try:
        examples, tree, texts, _names = read(
            data, matters, lambda line, reason: say(bench="text", line=line, left_out=reason)
        )
        found = evaluate(examples, tree, count=folds)
    except (LettersFileError, ValueError, OSError) as error:
        say(bench="text", failed=str(error))
        return 1
    say(
        bench="text",
        step="letters",
        **{name: found[name] for name in ("letters", "matters", "folds", "groups", "copies_that_disagree")},
    )
    for method, figures in found["methods"].items():
        say(bench="text", step="unseen letters", method=method, **figures)
    began, worked = time.perf_counter(), time.process_time()
    model = train(examples, tree, texts=texts)
    seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    with tempfile.TemporaryDirectory(prefix="tongban-bench-") as folder:
        file = Path(folder) / "model.npz"
        save(model, file)
        size = file.stat().st_size
        began = time.perf_counter()
        model = load(file)
        loaded = time.perf_counter() - began
    took = {"seconds": round(seconds, 1), "cpu_seconds": round(cpu, 1), "loading_seconds": round(loaded, 2)}
    say(bench="text", step="training", letters=len(examples), file_bytes=size, **took)
    _speed(model, [example.whole for example in examples])
    return 0


def _speed(model: MatterModel, texts: list[str]) -> None:
    """Letters a second on one core, the best of five runs, and one letter with its words."""
    list(model.suggest_many(texts[:600]))
    best, core = 0.0, 0.0
    for _ in range(5):
        began, worked = time.perf_counter(), time.process_time()
        count = sum(1 for _ in model.suggest_many(texts))
        best = max(best, count / (time.perf_counter() - began))
        core = max(core, count / (time.process_time() - worked))
    began = time.perf_counter()
    for text in texts[:200]:
        model.suggest(text)
    one = (time.perf_counter() - began) / max(1, len(texts[:200]))
    memory = peak_bytes()
    speed = {
        "letters_per_second": round(best),
        "per_cpu_second": round(core),
        "one_with_words_ms": round(1000 * one, 2),
    }
    say(bench="text", step="suggesting", **speed, peak_memory_bytes=memory)
