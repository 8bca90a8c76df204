"""One upload slot for each material that an item asks for; pictures are looked at as they come."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageDraw, ImageFilter

from tongban.cases.models import Attachment, Case
from tongban.cases.uploads import legible
from tongban.services import models, on_desk, reading

from .conftest import PLACE
from .test_application_is_checked import step

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def page_of_text(size=(1000, 1400)):
    image = Image.new("L", size, 245)
    draw = ImageDraw.Draw(image)
    for y in range(60, size[1] - 60, 40):
        for x in range(60, size[0] - 60, 26):
            draw.rectangle((x, y, x + 14, y + 18), fill=20)
    return image


def picture(image, name="photo.png"):
    out = io.BytesIO()
    image.save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


@pytest.fixture
def two_materials(city):
    models.Need.objects.create(matter_id="7003", material_id="photo", how="may_follow", order=20)
    models.Need.objects.create(matter_id="7003", material_id="id_card", how="instead", order=30)
    reading.touch()


@pytest.fixture
def at_materials(client, two_materials):
    client.post(reverse("counter:new", args=["application"]), {"matter": "7003"})
    step(client, "place", place=PLACE)
    step(client, "q1", fact_has_premises="yes", fact_clean="on")
    return reverse("counter:new_step", args=["application", "materials"])


def test_each_material_has_a_slot_and_what_a_register_has_is_not_asked(client, at_materials):
    page = client.get(at_materials)
    slots = [(slot["takes"].name, slot["takes"].required) for slot in page.context["slots"]]
    assert slots == [("mat_layout", True), ("mat_photo", False), ("mat_food_rules", False)]
    assert re.search(r"不用交，由部门核验：[^<]*身份证", page.content.decode())


def test_a_file_in_the_wrong_slot_does_not_stand_for_the_right_one(client, at_materials):
    page = client.post(at_materials, {"mat_photo": picture(page_of_text())})
    assert page.status_code == 422
    assert page.context["problems"] == ["请选择文件：经营场所平面布局图。"]
    response = client.post(at_materials, {"mat_layout": picture(page_of_text(), "plan.png")})
    assert response.url.endswith("/applicant/")
    assert {item.purpose: item.name for item in Attachment.objects.all()} == {
        "mat_photo": "photo.png",
        "mat_layout": "plan.png",
    }


def test_the_same_picture_can_stand_for_two_materials(client, at_materials):
    same = picture(page_of_text())
    client.post(at_materials, {"mat_photo": picture(page_of_text()), "mat_layout": same})
    assert sorted(item.purpose for item in Attachment.objects.all()) == ["mat_layout", "mat_photo"]


def test_a_blank_picture_is_refused_and_a_blurred_one_is_asked_about(client, at_materials):
    page = client.post(at_materials, {"mat_layout": picture(Image.new("L", (1000, 1400), 250))})
    assert "空白" in page.context["problems"][0]
    assert not Attachment.objects.exists()
    blurred = page_of_text().filter(ImageFilter.GaussianBlur(14))
    client.post(at_materials, {"mat_layout": picture(blurred)})
    step(client, "applicant", name="李明", id_number="11010519491231002X", declared="on")
    page = client.get(reverse("counter:new_check", args=["application"]))
    assert [row.label for row in page.context["doubts"]] == ["经营场所平面布局图"]
    page = client.post(page.context["here"], {"send": "1", "form": page.context["ticket"]})
    assert page.url == reverse("counter:sent")
    case = Case.objects.get(kind="application")
    rows = {row.name: row for row in on_desk.materials_of(case, {})}
    assert rows["经营场所平面布局图"].files[0][0] == "photo.png"
    assert "模糊" in rows["经营场所平面布局图"].files[0][2]
    assert rows["一寸照片"].files == ()


def test_a_slot_takes_so_many_and_no_more(client, at_materials):
    many = [picture(page_of_text((700, 700 + i)), f"{i}.png") for i in range(5)]
    page = client.post(at_materials, {"mat_layout": many})
    assert page.context["problems"] == ["4.png：一次最多上传 4 个文件。"]
    assert Attachment.objects.count() == 4


@pytest.mark.parametrize(
    ("image", "found"),
    [
        (page_of_text(), []),
        (page_of_text((300, 400)), ["look:small"]),
        (page_of_text().filter(ImageFilter.GaussianBlur(14)), ["look:blurred"]),
        (Image.new("RGB", (800, 800), "white"), ["look:blank"]),
        (Image.fromarray((np.random.default_rng(1).random((800, 800)) * 6 + 240).astype("uint8")), ["look:blank"]),
    ],
)
def test_the_first_look(image, found):
    assert legible.notes(image) == found
