"""What programs of senders do, and the published plates."""

from tongban.counter.api import SenderApi
from tongban.published import api

TAG = "benches"
BENCHES, RENEWALS = SenderApi("bench", TAG), SenderApi("bench_renewal", "bench_renewals", tag=TAG)
REVIEWS = SenderApi("bench_review", "bench_reviews", tag=TAG)
WORDS = ("Published plates", "One published plate")
_PLATES, _PUBLIC = api.routes("bench", path="/plates", name="plates", tag=TAG, words=WORDS)
ROUTERS = (BENCHES.router, RENEWALS.router, REVIEWS.router, _PLATES)
OPERATIONS = {**BENCHES.operations, **RENEWALS.operations, **REVIEWS.operations, **_PUBLIC}
