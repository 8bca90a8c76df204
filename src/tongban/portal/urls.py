"""Routes of the shell: home, about, language, elder mode, the design gallery, health."""

from __future__ import annotations

from django.urls import path

from . import language, pages, topic_pages

app_name = "portal"
urlpatterns = [
    path("", pages.home, name="home"),
    path("about/", pages.about, name="about"),
    path("language/", language.set_language, name="language"),
    path("elder/", language.set_elder_mode, name="elder"),
    path("design/", pages.design, name="design"),
    path("topics/", topic_pages.topics, name="topics"),
    path("desk/topics/", topic_pages.desk_topics, name="desk_topics"),
    path("healthz", pages.health, name="health"),
]
