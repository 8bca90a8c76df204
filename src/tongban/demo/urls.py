"""The demo's own page. It is there where the settings say that this is a demo, and nowhere else."""

from __future__ import annotations

from django.urls import path

from . import people

app_name = "demo"
urlpatterns = [path("demo/", people.people, name="people")]
