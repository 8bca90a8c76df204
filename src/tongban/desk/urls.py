"""Routes of the desk: the tray, a case and what is done on it, search, reception times."""

from __future__ import annotations

from django.urls import path

from . import (
    acting,
    actpages,
    answering,
    bulk,
    case,
    files,
    merging,
    saved,
    searching,
    slot_pages,
    slots,
    tray,
    wording,
)

app_name = "desk"
urlpatterns = [
    path("desk/", tray.tray, name="tray"),
    path("desk/search/", searching.desk_search, name="search"),
    path("desk/views/", saved.saved_views, name="views"),
    path("desk/bulk/", bulk.bulk, name="bulk"),
    path("desk/templates/", wording.answer_templates, name="templates"),
    path("desk/slots/", slots.slots, name="slots"),
    path("desk/slots/day/", slot_pages.slots_day, name="slots_day"),
    path("desk/slots/<int:slot_id>/", slot_pages.slot, name="slot"),
    path("desk/slots/<int:slot_id>/reception.ics", slot_pages.slot_file, name="slot_file"),
    path("desk/slots/<int:slot_id>/record/", slot_pages.slot_record, name="slot_record"),
    path("desk/c/<slug:code>/", case.desk_case, name="case"),
    path("desk/c/<slug:code>/act/<slug:act>/", acting.desk_act, name="act"),
    path("desk/c/<slug:code>/answer/", answering.desk_answer, name="answer"),
    path("desk/c/<slug:code>/merge/", merging.desk_merge, name="merge"),
    path("desk/c/<slug:code>/<slug:page>/", actpages.act_page, name="page"),
    path("desk/c/<slug:code>/files/<slug:key>/", files.desk_file, name="file"),
]
