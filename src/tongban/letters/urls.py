"""Routes of the letters' door: the resident's part, and what the house learns from letters."""

from __future__ import annotations

from django.urls import path

from . import learning_page, topic_pages, urls_resident

app_name = "letters"
urlpatterns = [
    *urls_resident.urlpatterns,
    path("topics/", topic_pages.topics, name="topics"),
    path("desk/topics/", topic_pages.desk_topics, name="desk_topics"),
    path("desk/learning/", learning_page.learning, name="learning"),
]
