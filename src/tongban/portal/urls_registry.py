"""Routes of the registry: who is responsible, for everybody; its tables, the calendar and the
officials, for administrators."""

from __future__ import annotations

from django.urls import path

from . import officials_admin, record_page, registry_admin, registry_import, registry_rows, responsible_page

app_name = "registry"
urlpatterns = [
    path("", responsible_page.responsible, name="responsible"),
    path("admin/", registry_admin.home, name="admin"),
    path("admin/import/", registry_import.bring_in, name="admin_import"),
    path("admin/calendar/", registry_admin.calendar, name="admin_calendar"),
    path("admin/officials/", officials_admin.officials, name="officials"),
    path("admin/officials/<int:number>/", officials_admin.official, name="official"),
    path("admin/proposals/", officials_admin.waiting, name="proposals"),
    path("admin/record/", record_page.record, name="record"),
    path("admin/tables/<slug:name>/", registry_admin.table, name="admin_table"),
    path("admin/tables/<slug:name>/add/", registry_rows.edit, name="admin_add"),
    path("admin/tables/<slug:name>/<slug:key>/", registry_rows.edit, name="admin_edit"),
    path("admin/tables/<slug:name>/<slug:key>/end/", registry_rows.end, name="admin_end"),
    path("admin/export/<slug:name>.<slug:form>", registry_admin.take_out, name="admin_export"),
]
