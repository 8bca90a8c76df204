"""The desk's addresses of granting without asking."""

from django.urls import path

from . import pages

urlpatterns = [
    path("desk/unasked/", pages.lists, name="unasked"),
    path("desk/unasked/<int:pk>/", pages.one, name="unasked_list"),
]
