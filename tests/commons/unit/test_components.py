"""Components, as what they write: what a screen reader and a keyboard get, and errors that help whoever writes a page."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory, override_settings
from django.utils import translation

from diptych.commons.web import assets, look


@pytest.fixture(scope="module", autouse=True)
def _assets() -> None:
    assets.build()


def drawn(snippet: str, **context: object) -> str:
    """What a snippet writes."""
    with translation.override("fr"):
        return Template("{% load ui %}" + snippet).render(
            Context({"request": RequestFactory().get("/offres/?q=jazz&page=3"), **context})
        )


def test_a_button_that_is_not_possible_says_why_and_stays_reachable() -> None:
    html = drawn("{% button 'Annuler' why='Trop tard.' href='/x' %}")
    assert 'aria-disabled="true"' in html
    assert " disabled" not in html
    assert "<a" not in html
    described = html.split('aria-describedby="')[1].split('"')[0]
    assert f'id="{described}">Trop tard.' in html


def test_an_empty_reason_leaves_the_button_possible() -> None:
    assert "aria-disabled" not in drawn("{% button 'Annuler' why=reason %}", reason="")


def test_a_buttons_other_words_are_attributes_escaped() -> None:
    html = drawn("{% button label hx_get='/a' name='go' value=bad autofocus=True data_x=None %}", label="<b>", bad='"><script>')
    assert 'hx-get="/a"' in html
    assert "<script>" not in html
    assert "&lt;b&gt;" in html
    assert "data-x" not in html


def test_what_opens_a_dialog_is_a_link_where_no_script_runs() -> None:
    assert (
        drawn("{% button 'Annuler' href='/annuler' opens='d' %}")
        .strip()
        .startswith('<a class="button button--primary" href="/annuler" data-opens="d"')
    )


@pytest.mark.parametrize("snippet", ["{% button 'x' kind='blue' %}", "{% badge 'x' tone='blue' %}"])
def test_an_unknown_look_is_refused(snippet: str) -> None:
    with pytest.raises(ValueError, match="blue"):
        drawn(snippet)


def test_an_unknown_icon_is_refused_with_near_names() -> None:
    with pytest.raises(assets.AssetsError, match="ticket"):
        drawn("{% icon 'tiket' %}")


def test_every_icon_that_the_code_names_exists() -> None:
    assert assets.unknown_icons() == []


def test_assets_are_not_built_twice() -> None:
    assert assets.build() is False
    assert all((assets.OUT / "vendor" / name).exists() for name in assets.SERVED.values())


def test_pagination_keeps_the_query_and_says_where_one_is() -> None:
    html = drawn("{% pagination page %}", page=Paginator(range(100), 10).page(3))
    assert 'href="?q=jazz&amp;page=4"' in html
    assert html.count('aria-current="page"') == 1
    assert drawn("{% pagination page %}", page=Paginator(range(3), 10).page(1)) == ""


def test_a_sort_link_turns_round_and_says_it() -> None:
    request = RequestFactory().get("/?sort=date&page=2")
    html = drawn("{% sort_link 'Date' 'date' %}", request=request)
    assert 'href="?sort=-date"' in html
    assert "trié, du plus petit au plus grand" in html


def test_the_current_place_is_marked() -> None:
    html = drawn(
        "{% navbar %}{% nav_link 'Offres' '/offres/' icon='search' %}{% nav_link 'Accueil' '/' icon='house' %}{% endnavbar %}"
    )
    assert html.count("aria-current") == 1


def test_an_instant_is_exact_for_machines_and_on_hover() -> None:
    at = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    html = drawn("{% when i %}", i=datetime(2026, 11, 24, 19, 30, tzinfo=UTC), at=at)
    assert 'datetime="2026-11-24T19:30:00+00:00"' in html
    assert 'title="mardi 24 novembre 2026 à 20:30"' in html
    assert "ce\u00a0soir\u00a020:30" in html


class Signup(forms.Form):
    """A field with a hint, one without."""

    first = forms.CharField(label="Prénom", help_text="Celui de ta carte.")
    note = forms.CharField(label="Mot", required=False)
    terms = forms.BooleanField(label="J’accepte")


def test_a_form_links_hints_and_errors_to_their_fields() -> None:
    html = drawn("{{ form }}", form=Signup({}))
    assert 'aria-describedby="id_first_helptext id_first_error"' in html
    assert 'id="id_first_helptext"' in html
    assert 'id="id_first_error"' in html
    assert 'href="#id_first"' in html
    assert html.index('role="alert"') < html.index('name="first"')
    assert "(facultatif)" in html.split('for="id_note"')[1]
    assert html.index('name="terms"') < html.index('for="id_terms"')


def test_a_form_not_yet_sent_shows_no_summary() -> None:
    assert "alert" not in drawn("{{ form }}", form=Signup())


def test_code_boxes_are_one_true_field() -> None:
    html = drawn("{% code_boxes 'code' label='Code' error='Déjà utilisé.' %}")
    assert html.count("<input") == 1
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_code_error"' in html


def test_no_template_carries_an_inline_style_or_script() -> None:
    for path in (Path(look.__file__).parent / "templates").rglob("*.html"):
        text = path.read_text()
        assert " style=" not in text, path
        assert "<script>" not in text, path
        assert " onclick" not in text, path


@override_settings(ROOT_URLCONF="diptych.commons.web.urls")
def test_the_theme_is_kept_in_a_cookie_and_leads_nowhere_else() -> None:
    response = Client().post("/apparence/", {"theme": "dark", "next": "https://elsewhere.example/"})
    assert response.cookies["theme"].value == "dark"
    assert response["Location"] == "/"


def test_a_theme_that_is_unknown_or_not_installed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(assets.AssetsError, match="diptych or dsfr"):
        assets.theme_folders("brutalist")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(assets.AssetsError, match=r"diptych\[dsfr\]"):
        assets.theme_folders("dsfr")


def test_the_states_theme_brings_its_fonts() -> None:
    pytest.importorskip("dsfr")
    folders = dict(assets.theme_folders("dsfr"))
    assert (folders["dsfr/dist/fonts"] / "Marianne-Regular.woff2").exists()
    assert (folders["web"] / "theme-dsfr.css").exists()


@pytest.mark.parametrize("name", ["404", "403", "500", "offline"])
def test_error_pages_need_no_request(name: str) -> None:
    html = render_to_string(f"web/{name}.html")
    assert html.count("<h1") == 1
    assert 'data-theme="auto"' in html
