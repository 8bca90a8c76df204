"""The desk's addresses of entitlement: granting without asking, forms."""

from .designing.urls import urlpatterns as forms
from .unasked.urls import urlpatterns as unasked

app_name = "entitled_desk"
urlpatterns = [*unasked, *forms]
