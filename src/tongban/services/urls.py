"""The public addresses of this door, and the pages of who keeps the catalogue; applying and following are the
counter's."""

from django.urls import path

from . import appointment_page, documents, figure_pages, lint_page, pages
from .certificates import urls as certificates
from .exchange import pages as exchange_pages
from .hearings import pages as hearing_pages

app_name = "services"
urlpatterns = [
    path("services/", pages.catalogue, name="catalogue"),
    path("follow/<str:code>/document/<int:sequence>.pdf", documents.document, name="document"),
    path("follow/<str:code>/appointment.ics", appointment_page.calendar, name="appointment_file"),
    path("services/figures/", figure_pages.page, name="figures"),
    path("services/figures.csv", figure_pages.csv, name="figures_csv"),
    path("services/hearings/", hearing_pages.page, name="hearings"),
    path("services/a-z/", pages.letters, name="letters"),
    path("services/units/", pages.units, name="units"),
    path("services/begin/", pages.begin, name="begin"),
    path("services/<slug:code>.jsonld", pages.linked_data, name="linked_data"),
    path("services/<slug:code>/", pages.guide, name="guide"),
    path("desk/services/", exchange_pages.home, name="keep"),
    path("desk/services/import/", exchange_pages.bring_in, name="import"),
    path("desk/services/export/<slug:name>.<slug:form>", exchange_pages.take_out, name="export"),
    path("desk/services/check/", lint_page.findings, name="lint"),
    *certificates.urlpatterns,
]
