"""Pictures of offers: drawn anew without metadata, replaced, taken away; hostile files refused, each by its code."""

import io
import struct
import zipfile
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageFile

from diptych.commons import clock
from diptych.commons.refusal import Refused
from diptych.culture.domain.catalogue.models import Offer, OfferPicture
from diptych.culture.domain.catalogue.operations.offers import duplicate
from diptych.culture.domain.catalogue.operations.picturing import draw, give_picture, remove_picture
from diptych.culture.domain.catalogue.queries import cards_of, picture_of
from diptych.culture.domain.catalogue.terms import PictureSize
from tests.culture import factories
from tests.culture.factories import AT

ME = "person:1"


def picture(kind: str = "JPEG", size: tuple[int, int] = (800, 600), colour: Any = "red", **options: Any) -> bytes:
    """A plain picture."""
    mode = "RGBA" if isinstance(colour, tuple) and len(colour) == 4 else "RGB"
    file = io.BytesIO()
    Image.new(mode, size, colour).save(file, kind, **options)
    return file.getvalue()


def moving(kind: str) -> bytes:
    frames = [Image.new("RGB", (500, 500), colour) for colour in ("red", "blue")]
    file = io.BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:])
    return file.getvalue()


def bomb(side: int) -> bytes:
    """A PNG of a few bytes that says it is `side` pixels wide and high."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


def with_archive(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x.html", "<script>alert(1)</script>")
    return content + file.getvalue()


def in_comment(text: bytes) -> bytes:
    """A JPEG whose head holds a page."""
    content = picture()
    return content[:2] + b"\xff\xfe" + struct.pack(">H", len(text) + 2) + text + content[2:]


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HOSTILE = {
    "too heavy": (b"\xff\xd8\xff" + b"\0" * (8 * 1024 * 1024), "catalogue.picture_too_heavy"),
    "nothing": (b"", "catalogue.picture_unknown"),
    "SVG": (SVG, "catalogue.picture_unknown"),
    "GIF": (picture("GIF"), "catalogue.picture_unknown"),
    "PDF": (b"%PDF-1.7", "catalogue.picture_unknown"),
    "TIFF": (picture("TIFF"), "catalogue.picture_unknown"),
    "moving PNG": (moving("PNG"), "catalogue.picture_animated"),
    "moving WebP": (moving("WEBP"), "catalogue.picture_animated"),
    "JPEG and archive": (with_archive(picture()), "catalogue.picture_two_files"),
    "PNG and more": (picture("PNG") + b"more", "catalogue.picture_two_files"),
    "WebP and more": (picture("WEBP") + b"more", "catalogue.picture_two_files"),
    "JPEG and page": (in_comment(b"<script>alert(1)</script>"), "catalogue.picture_two_files"),
    "bomb": (bomb(60_000), "catalogue.picture_too_large"),
    "smaller bomb": (bomb(10_000), "catalogue.picture_too_large"),
    "large": (bomb(6_400), "catalogue.picture_too_large"),
    "small": (picture(size=(800, 399)), "catalogue.picture_too_small"),
    "cut short": (picture()[:-400], "catalogue.picture_broken"),
    "says more than it holds": (bomb(500), "catalogue.picture_broken"),
}


@pytest.mark.parametrize("guesses", [False, True], ids=["alone", "beside papers"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_picture_is_refused_by_its_code(name: str, guesses: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where WeasyPrint told the whole process to make up what a file lacks, and it is told so again afterwards."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", guesses)
    content, code = HOSTILE[name]
    with pytest.raises(Refused) as refused:
        draw(content)
    assert refused.value.refusal.reason.code == code
    assert ImageFile.LOAD_TRUNCATED_IMAGES is guesses


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_drawn_in_each_size_without_what_its_file_said(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Canari"  # the maker
    exif[0x8825] = {1: "N", 2: (45.0, 26.0, 0.0)}  # where it was taken
    options: dict[str, Any] = {"exif": exif, "icc_profile": b"Canari" * 20}
    drawn = draw(picture(kind, **options))
    for size, (width, height) in {PictureSize.CARD: (570, 690), PictureSize.WIDE: (1280, 720)}.items():
        assert b"Canari" not in drawn[size]
        found = Image.open(io.BytesIO(drawn[size]))
        assert (found.format, found.size, found.mode, len(found.getexif())) == ("JPEG", (width, height), "RGB", 0)
        assert {"exif", "icc_profile", "comment"} & set(found.info) == set()
        red, green, blue = found.getpixel((5, 5))  # type: ignore[misc]  # three bands
        assert red > 240
        assert max(green, blue) < 20


def test_a_picture_stands_upright_on_white_and_keeps_its_middle() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    lying = Image.new("RGB", (900, 600), "white")
    lying.paste("blue", (0, 0, 450, 600))
    file = io.BytesIO()
    lying.save(file, "JPEG", exif=exif, quality=95)
    upright = Image.open(io.BytesIO(draw(file.getvalue())[PictureSize.CARD]))
    assert upright.getpixel((285, 100))[2] > 200 > upright.getpixel((285, 100))[0]  # type: ignore[index]  # blue above
    assert min(upright.getpixel((285, 600))) > 240  # type: ignore[type-var,arg-type]  # white below
    clear = Image.open(io.BytesIO(draw(picture("PNG", colour=(0, 0, 0, 0)))[PictureSize.WIDE]))
    assert min(clear.getpixel((9, 9))) > 250  # type: ignore[type-var,arg-type]


@pytest.fixture
def offer() -> Offer:
    return factories.stock().offer


def browser(person: Any) -> Client:
    client = Client(headers={"accept": "text/html"})
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.django_db
def test_a_picture_is_given_replaced_copied_and_taken_away(offer: Offer) -> None:
    mine = {"offer_id": offer.pk, "venue_ids": {offer.venue_id}, "actor": ME, "at": AT}
    give_picture(content=picture(), credit=" Zoé Marin ", **mine)
    first = picture_of(offer_id=offer.pk)
    assert first is not None
    assert first.credit == "Zoé Marin"
    give_picture(content=picture("PNG"), credit="", **mine)
    second = picture_of(offer_id=offer.pk)
    assert second is not None
    assert second.id != first.id
    assert [card.picture_id for card in cards_of(ids=[offer.pk], at=AT)] == [second.id]
    assert picture_of(offer_id=duplicate(**mine)) is not None
    with pytest.raises(Refused):
        give_picture(content=SVG, credit="", **mine)
    assert picture_of(offer_id=offer.pk) == second
    remove_picture(**mine)
    remove_picture(**mine)
    assert picture_of(offer_id=offer.pk) is None
    assert [card.picture_id for card in cards_of(ids=[offer.pk], at=AT)] == [None]
    with pytest.raises(Refused) as refused:
        give_picture(content=picture(), credit="", **(mine | {"venue_ids": {0}}))
    assert refused.value.refusal.reason.code == "catalogue.not_found"


@pytest.mark.django_db
def test_a_venue_gives_it_and_everybody_sees_it_where_the_offer_is_shown(offer: Offer) -> None:
    member, stranger = browser(factories.pro(venue=offer.venue)), browser(factories.pro(venue=factories.venue(name="Ailleurs")))
    address, offers_page = f"/pro/offres/{offer.pk}/image/", f"/offres/{offer.pk}/"
    with clock.frozen(at=AT):
        assert member.get(address).status_code == 200
        assert b'class="hero"><svg' in Client().get(offers_page).content
        for content, code in ((SVG, "image/svg+xml"), (picture(size=(99, 99)), "image/jpeg")):
            refused = member.post(address, {"picture": SimpleUploadedFile("x.jpg", content, code)})
            assert refused.status_code == 422
        assert member.post(address, {}).status_code == 422
        given = {"picture": SimpleUploadedFile("photo.exe", picture(), "text/html"), "credit": "<b>Zoé</b>"}
        assert member.post(address, given).status_code == 302
        kept = OfferPicture.objects.get()
        page = Client().get(offers_page).content.decode()
        assert f"/images/{kept.pk}/large.jpg" in page
        assert "&lt;b&gt;Zoé&lt;/b&gt;" in page
        for size in ("carte", "large"):
            answer = Client().get(f"/images/{kept.pk}/{size}.jpg")
            assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
            assert answer["X-Content-Type-Options"] == "nosniff"
        assert f"/images/{kept.pk}/carte.jpg" in Client().get("/recherche/?q=Atelier").content.decode()
        own = f"/pro/offres/{offer.pk}/image.jpg"
        assert (member.get(own).status_code, stranger.get(own).status_code, stranger.get(address).status_code) == (200, 404, 404)
        Offer.objects.update(publication_at=None)
        refused = Client().get(f"/images/{kept.pk}/large.jpg", headers={"accept": "application/json"})
        assert (refused.status_code, refused.json()["code"]) == (404, "catalogue.picture_missing")
        assert member.get(own).status_code == 200
        assert member.post(f"{address}retirer/").status_code == 302
        assert member.get(own).status_code == 404
