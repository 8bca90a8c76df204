"""Routes of the gate: what a browser asks while somebody chooses a place, a unit or a matter."""

from __future__ import annotations

from django.urls import path

from . import choosing

app_name = "gate"
urlpatterns = [
    path("choose/near/", choosing.near, name="near"),
    path("choose/<slug:kind>/", choosing.choose, name="choose"),
]
