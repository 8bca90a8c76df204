"""The public addresses of this door; writing and following are the counter's."""

from django.urls import path

from . import pages

app_name = "reports"
urlpatterns = [
    path("decisions/", pages.decisions, name="decisions"),
    path("decisions/<slug:number>/", pages.one_decision, name="decision"),
    path("blocked/", pages.blocked, name="blocked"),
    path("feeds/", pages.feeds, name="feeds"),
    path("feeds/<slug:form>", pages.feed, name="feed"),
]
