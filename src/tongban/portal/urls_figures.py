"""Routes of the figures."""

from __future__ import annotations

from django.urls import path

from . import figure_pages

app_name = "scorecards"
urlpatterns = [
    path("figures/", figure_pages.figures, name="figures"),
    path("figures.csv", figure_pages.figures_csv, name="figures_csv"),
    path("desk/load/", figure_pages.load, name="load"),
]
