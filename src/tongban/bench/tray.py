"""Server time of opening a full tray: the view itself, in process; the floor is its own statements run bare."""

from __future__ import annotations

import json
import math
import os
import statistics
import sys
import time
from datetime import date

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.bench.settings")
os.environ["TONGBAN_SECOND_FACTOR"] = "0"  # nobody sits here to type a code; the tray is the same

WARM, READINGS = 5, 60


def main() -> None:
    """Open the tray of the fullest unit many times; prints one JSON line."""
    import django

    django.setup()
    from django.db import connection
    from django.db.models import Count
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from tongban.accounts.models import Official, Post
    from tongban.cases.models import Case

    fullest = Case.objects.filter(phase="work").values("unit_id").annotate(n=Count("id")).order_by("-n").first()
    if fullest is None:
        print(json.dumps({"bench": "tray", "skipped": "no open cases"}))
        return
    user, _ = Official.objects.get_or_create(username="bench-handler")
    Post.objects.get_or_create(official=user, unit_id=fullest["unit_id"], role="handler", since=date(2020, 1, 1))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for _ in range(WARM):
        response = client.get("/desk/")
    if response.status_code != 200:
        raise SystemExit(f"the tray answered {response.status_code}")
    with CaptureQueriesContext(connection) as queries:
        client.get("/desk/")
    statements = [
        query["sql"].replace("%", "%%") for query in queries.captured_queries
    ]  # now: the next request empties the log
    times, floors = [], []
    for _ in range(READINGS):
        began = time.perf_counter()
        client.get("/desk/")
        times.append(1000 * (time.perf_counter() - began))
        began = time.perf_counter()
        with connection.cursor() as cursor:
            for sql in statements:
                cursor.execute(sql)
                cursor.fetchall()
        floors.append(1000 * (time.perf_counter() - began))
    times.sort()
    p50, floor = statistics.median(times), statistics.median(floors)
    print(json.dumps({
        "bench": "tray", "database": sys.argv[1], "open_cases": fullest["n"], "status": response.status_code,
        "statements": len(statements),
        "p50_ms": round(p50, 2), "p95_ms": round(times[math.ceil(0.95 * READINGS) - 1], 2),
        "bare_statements_ms": round(floor, 2),
        "ratio": round(floor / p50, 3), "bytes": len(response.content),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
