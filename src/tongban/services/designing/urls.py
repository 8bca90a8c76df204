"""The desk's addresses of forms."""

from django.urls import path

from . import pages

urlpatterns = [
    path("desk/forms/", pages.forms, name="forms"),
    path("desk/forms/<slug:code>/", pages.form, name="form"),
    path("desk/forms/<slug:code>/question/<int:page>/<int:at>/", pages.question, name="form_question"),
    path("desk/forms/<slug:code>/tests/", pages.tests, name="form_tests"),
    path("desk/forms/<slug:code>/preview/", pages.preview, name="form_preview"),
]
