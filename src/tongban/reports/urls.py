"""The public addresses of this door; writing and following are the counter's."""

from django.urls import path

from . import pages
from .feeds import serving

app_name = "reports"
urlpatterns = [
    path("decisions/", pages.decisions, name="decisions"),
    path("decisions/<slug:number>/", pages.one_decision, name="decision"),
    path("blocked/", pages.blocked, name="blocked"),
    path("feeds/", serving.feeds, name="feeds"),
    path("feeds/manual/<slug:resolver>", serving.manual, name="feed_manual"),
    path("feeds/<slug:form>", serving.feed, name="feed"),
    path("feeds/<slug:form>.sig", serving.signature, name="feed_signature"),
]
