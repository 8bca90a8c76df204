"""What programs do: senders report, object and follow; trusted reporters send many; anybody looks up by hash."""

from tongban.counter.api import SenderApi

from . import looking_api, trusted_api

REPORTS, OBJECTIONS = SenderApi("report", "reports"), SenderApi("report_objection", "objections", tag="reports")
ROUTERS = (REPORTS.router, OBJECTIONS.router, trusted_api.router, looking_api.router)
OPERATIONS = {**REPORTS.operations, **OBJECTIONS.operations, **trusted_api.OPERATIONS, **looking_api.OPERATIONS}
