"""The same scanner on an existing Spark or Ray cluster: a function over Arrow batches that gives a tally of each part.

The cluster reads and counts; this process joins the tallies and decides, so the results are those of one machine.
Tables only (Parquet, CSV with a header, JSON lines). Needs the extra `spark` or `ray`; where the cluster is, its own
settings say (SPARK_REMOTE or spark-submit's, RAY_ADDRESS), and without one a local one is started.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import reduce
from typing import Any

from .report import Report
from .scan import Options, Scan, public_target, table_fields
from .sources import SourceError
from .tally import Tally, unpacked


def tally_of_batches(columns: Sequence[str], watched: Sequence[int]) -> Callable[[Iterable[Any]], Iterator[Any]]:
    """A function for `mapInArrow`: record batches with these columns → one batch with one packed tally."""
    names, watch = tuple(columns), tuple(watched)

    def over(batches: Iterable[Any]) -> Iterator[Any]:
        import pyarrow as pa

        tally = Tally(names, watched=watch)
        for batch in batches:
            for start in range(0, batch.num_rows, 10_000):
                tally.feed_values(values_of(batch.slice(start, 10_000), names))
        yield pa.RecordBatch.from_arrays([pa.array([tally.packed()], pa.binary())], names=["tally"])

    return over


def values_of(batch: Any, columns: Sequence[str]) -> list[list[str | None]]:
    """The columns of an Arrow batch or table as lists of strings."""
    import pyarrow as pa

    found: list[list[str | None]] = []
    for name in columns:
        column = batch.column(name)
        try:
            found.append(column.cast(pa.string()).to_pylist())
        except pa.ArrowException:
            found.append([None if value is None else str(value) for value in column.to_pylist()])
    return found


def run(engine: str, target: str, options: Options) -> Report:
    """Scans a folder or file of tables with "spark" or "ray". Raises SourceError where the engine or
    the target is not there."""
    report = Report(datetime.now(UTC).isoformat(timespec="seconds"), options.profile, sampled=options.sample)
    if options.sample or options.tables:
        raise SourceError("cluster_all_rows")
    tally = (_spark if engine == "spark" else _ray)(target)
    name = public_target(target)
    report.sources, report.rows = [name], tally.rows
    report.fields = table_fields(name, "", tally, options)
    report.finished = datetime.now(UTC).isoformat(timespec="seconds")
    return report


def _form(target: str) -> str:
    """parquet, csv or json, by the name of the file or of the files in the folder."""
    import os

    names = [target]
    if os.path.isdir(target):
        names = sorted(
            name for _folder, _folders, files in os.walk(target) for name in files if not name.startswith((".", "_"))
        )
    forms = {
        "parquet"
        if name.endswith(".parquet")
        else "csv"
        if name.endswith(".csv")
        else "json"
        if name.endswith((".json", ".jsonl"))
        else ""
        for name in names
    }
    if len(forms) != 1 or "" in forms:
        if "://" in target and len(forms) == 1:
            return "parquet"
        raise SourceError("cluster_kinds")
    return forms.pop()


def _spark(target: str) -> Tally:
    try:
        from pyspark.sql import SparkSession
        from pyspark.sql.functions import col
    except ImportError:
        raise SourceError("needs_spark") from None
    form = _form(target)
    session = (
        SparkSession.builder.appName("tongban scan")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.execution.arrow.pyspark.enabled", "true")
        .getOrCreate()
    )
    try:
        reader = (
            session.read.option("header", "true").option("multiLine", "true").option("escape", '"')
            if form == "csv"
            else session.read
        )
        try:
            frame = getattr(reader, form)(target)
        except Exception as error:
            raise SourceError("spark_unreadable", f"{public_target(target)} ({type(error).__name__})") from None
        columns = tuple(frame.columns)
        frame = frame.select([col("`" + name.replace("`", "``") + "`").cast("string").alias(name) for name in columns])
        trial = Tally(columns)
        first = frame.limit(1000).collect()
        if first:
            Scan.watch(trial, [[row[at] for row in first] for at in range(len(columns))])
        over = tally_of_batches(columns, trial.watched)
        parts = frame.mapInArrow(over, "tally binary").collect()
        return _joined(columns, (bytes(row["tally"]) for row in parts))
    finally:
        session.stop()


def _ray(target: str) -> Tally:
    try:
        import ray
        import ray.data
    except ImportError:
        raise SourceError("needs_ray") from None
    form = _form(target)
    begun = not ray.is_initialized()
    if begun:
        ray.init(include_dashboard=False, log_to_driver=False, ignore_reinit_error=True)
    try:
        try:
            if form == "csv":
                from pyarrow import csv as arrow_csv

                data = ray.data.read_csv(
                    target,
                    parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
                    convert_options=arrow_csv.ConvertOptions(strings_can_be_null=False, column_types=_all_text(target)),
                )
            else:
                data = getattr(ray.data, f"read_{form}")(target)
            columns = tuple(data.schema().names)
        except Exception as error:
            raise SourceError("ray_unreadable", f"{public_target(target)} ({type(error).__name__})") from None
        trial = Tally(columns)
        first = data.limit(1000).take_all()
        if first:
            Scan.watch(trial, [[None if row[name] is None else str(row[name]) for row in first] for name in columns])
        over = tally_of_batches(columns, trial.watched)

        def one(table: Any) -> Any:
            import pyarrow as pa

            return pa.Table.from_batches(list(over(iter([table]))))

        parts = data.map_batches(one, batch_format="pyarrow", batch_size=None).take_all()
        return _joined(columns, (bytes(row["tally"]) for row in parts))
    finally:
        if begun:
            ray.shutdown()


def _all_text(target: str) -> dict[str, Any]:
    """Every column of the first CSV file as text, so that leading zeros and long numbers stay as they are."""
    import csv
    import os

    import pyarrow as pa

    path = target
    if os.path.isdir(target):
        path = min(
            os.path.join(folder, name)
            for folder, _folders, files in os.walk(target)
            for name in files
            if name.endswith(".csv")
        )
    with open(path, encoding="utf-8-sig", newline="") as file:
        return dict.fromkeys(next(csv.reader(file), []), pa.string())


def _joined(columns: Sequence[str], parts: Iterable[bytes]) -> Tally:
    def both(first: Tally, second: Tally) -> Tally:
        first.join(second)
        return first

    return reduce(both, map(unpacked, parts), Tally(tuple(columns)))
