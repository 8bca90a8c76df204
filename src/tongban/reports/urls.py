"""The public addresses of this door; writing and following are the counter's."""

from django.urls import path

from . import campaigns, look_pages, month_pages, pages
from .control import pages as control_pages
from .feeds import serving
from .sealed import pages as sealed_pages

app_name = "reports"
urlpatterns = [
    path("decisions/", pages.decisions, name="decisions"),
    path("decisions/<slug:number>/", pages.one_decision, name="decision"),
    path("decisions/months/<slug:month>/", month_pages.month, name="month"),
    path("desk/reports/<slug:code>/campaign/", campaigns.campaign, name="campaign"),
    path("listed/", look_pages.listed, name="listed"),
    path("report-harm-to-children/", sealed_pages.report, name="sealed"),
    path("report-harm-to-children/counts", sealed_pages.counts, name="sealed_counts"),
    path("follow/<str:code>/control/", control_pages.show_control, name="control"),
    path("blocked/", pages.blocked, name="blocked"),
    path("feeds/", serving.feeds, name="feeds"),
    path("feeds/manual/<slug:resolver>", serving.manual, name="feed_manual"),
    path("feeds/<slug:form>", serving.feed, name="feed"),
    path("feeds/<slug:form>.sig", serving.signature, name="feed_signature"),
]
