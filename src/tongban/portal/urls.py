"""Routes of the shell: home, about, language, elder mode, search, the map of the site for search engines,
the gallery, health."""

from __future__ import annotations

from django.urls import path

from . import ask, gallery, language, messages_page, pages, search, sitemap

app_name = "portal"
urlpatterns = [
    path("", pages.home, name="home"),
    path("ask/", ask.ask, name="ask"),
    path("about/", pages.about, name="about"),
    path("privacy/", pages.privacy, name="privacy"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("language/", language.set_language, name="language"),
    path("elder/", language.set_elder_mode, name="elder"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("design/", gallery.moved, name="design"),
    path("search/", search.search, name="search"),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    path("sitemap/<slug:name>-<int:number>.xml", sitemap.chunk, name="sitemap_chunk"),
    path("robots.txt", sitemap.robots, name="robots"),
    path("desk/admin/messages/", messages_page.page, name="messages"),
    path("healthz", pages.health, name="health"),
]
