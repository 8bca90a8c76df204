"""The public addresses of this door; applying and following are the counter's."""

from django.urls import path

from . import documents, pages
from .certificates import urls as certificates

app_name = "services"
urlpatterns = [
    path("services/", pages.catalogue, name="catalogue"),
    path("follow/<str:code>/document/<int:sequence>.pdf", documents.document, name="document"),
    path("services/<slug:code>/", pages.guide, name="guide"),
    *certificates.urlpatterns,
]
