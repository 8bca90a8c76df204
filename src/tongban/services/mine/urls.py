"""Addresses of "what can I get?" and of "can I?" for one item."""

from django.urls import path

from . import pages

app_name = "entitled"
urlpatterns = [
    path("services/mine/", pages.begin, name="mine"),
    path("services/mine/<int:number>/", pages.question, name="mine_question"),
    path("services/mine/result/", pages.result, name="mine_result"),
    path("services/mine/forget/", pages.forget, name="mine_forget"),
    path("services/<slug:code>/check/", pages.begin, name="check"),
    path("services/<slug:code>/check/<int:number>/", pages.question, name="check_question"),
    path("services/<slug:code>/check/result/", pages.result, name="check_result"),
]
