"""The house's routes and the floor's: one form, one insert."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from .models import BareLetter


class BareForm(forms.Form):
    """The least form that could take a letter."""

    subject = forms.CharField(max_length=200)
    body = forms.CharField()
    place = forms.CharField(max_length=32)


@csrf_exempt
def bare_insert(request: HttpRequest) -> HttpResponse:
    """The floor: validate a form, insert one row."""
    form = BareForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    letter = BareLetter._default_manager.create(**form.cleaned_data)
    return HttpResponse(f'{{"id": {letter.pk}}}', status=201, content_type="application/json")


urlpatterns = [path("bench/insert", bare_insert), path("", include("tongban.config.urls"))]
