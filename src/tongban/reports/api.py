"""What programs of senders do: report, follow; object, follow."""

from tongban.counter.api import SenderApi

REPORTS, OBJECTIONS = SenderApi("report", "reports"), SenderApi("report_objection", "objections", tag="reports")
ROUTERS = (REPORTS.router, OBJECTIONS.router)
OPERATIONS = {**REPORTS.operations, **OBJECTIONS.operations}
