"""The public pages of the plates."""

from tongban.published.urls import routes

app_name = "benches"
urlpatterns = routes("bench", "benches/plates/")
