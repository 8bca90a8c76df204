"""Routes of the letters' desk: the tray, a case and what is done on it, search, reception times."""

from __future__ import annotations

from django.urls import path

from .desk import acting, answering, case, files, merging, publishing_pages, searching, slots, tray

urlpatterns = [
    path("desk/", tray.tray, name="tray"),
    path("desk/search/", searching.desk_search, name="desk_search"),
    path("desk/slots/", slots.slots, name="slots"),
    path("desk/slots/<int:slot_id>/record/", slots.slot_record, name="slot_record"),
    path("desk/c/<slug:code>/", case.desk_case, name="desk_case"),
    path("desk/c/<slug:code>/act/<slug:act>/", acting.desk_act, name="desk_act"),
    path("desk/c/<slug:code>/answer/", answering.desk_answer, name="desk_answer"),
    path("desk/c/<slug:code>/publish/", publishing_pages.desk_publish, name="desk_publish"),
    path("desk/c/<slug:code>/merge/", merging.desk_merge, name="desk_merge"),
    path("desk/c/<slug:code>/files/<slug:key>/", files.desk_file, name="desk_file"),
]
