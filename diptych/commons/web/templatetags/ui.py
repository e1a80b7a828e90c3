"""The design system's tags: `{% load ui %}`. One copyable line for each; all of them at /composants/.

    {% icon "ticket" %}  {% icon "heart" label=_("Favourite") %}   always beside a word, or with a label
    {% button _("Book") %}  {% button _("Cancel") kind="danger" href=url icon="x" %}     kind: primary quiet danger plain
    {% button _("Book") why=reason %}       not possible, and says why (an empty `why` leaves it possible)
    {% button _("Save") busy=True %}  {% button _("Cancel") href=url opens="cancel" %}     href is the way without script
    {% button _("More") hx_get=url hx_target="#list" wide=True name="go" value="1" %}     any other word is an attribute
    {% badge _("handed over") tone="good" icon="check" %}                 tone: neutral accent good wait bad info
    {% alert tone="bad" title=_("Not possible") %}text{% endalert %}      tone: info good wait bad
    {% card title=_("My wallet") %}…{% endcard %}     {% dialog "cancel" _("Cancel this booking?") %}…{% enddialog %}
    {% shelf _("Tonight") note=_("12 min max") %}{% offer_card … %}{% endshelf %}
    {% offer_card title=t href=u seed=7 place=p distance=600 when=i cents=400 %}
    {% cover 7 %}  {% count 18240 unit=_("patients") note=_("exact · 41 ms") label=_("Patients") %}
    {% balance 11200 _("to live") href=url %}   {% bars rows %} with rows [(label, number)]
    {% facts %}{% fact _("For") %}Inès B.{% endfact %}{% endfacts %}
    {% table caption=_("Bookings") %}<thead>…<tbody>…{% endtable %}   <td class="number">; data-label="…" stacks on a phone
    {% sort_link _("Date") "date" %}   in a <th>; keeps the query, sets ?sort=date or ?sort=-date
    {% steps current=2 labels=labels %}  {% pagination page %}  {% breadcrumb _("Offers") url _("Concert") %}
    {% tabs _("Coming") url _("Past") url2 current=url %}
    {% chips %}{% chip _("Free") href=url on=True icon="map-pin" %}{% endchips %}
    {% empty title=_("Nothing yet") text=_("…") icon="ticket" %}{% button … %}{% endempty %}   {% skeleton "cards" 3 %}
    {% search_box action=url value=q label=_("Search") placeholder=_("A film, a book…") %}
    {% code_boxes "code" label=_("Code") value="" error="" %}    the six characters of a ticket
    {% ticket title=t kind=k seed=7 code="K7M3QX" qr=svg note=_("…") %}…{% endticket %}   inside it:
    {% ticket_line "clock" %}…{% endticket_line %}
    {% toast _("Removed") undo=url %}          django.contrib.messages show as toasts by themselves
    {% navbar _("Main") %}{% nav_link _("Home") url icon="house" %}{% endnavbar %}      bottom on a phone, top on a desk
    {% page_head _("Salut Inès") title=_("On sort où ?") %}…on the right…{% endpage_head %}       the page's one h1
    {{ form }}     accessible as it is: <form method="post" novalidate>{% csrf_token %}{{ form }}{% button … %}</form>
    {{ cents|money }} {{ cents|price }} {{ metres|distance }} {{ n|number }} {% when instant %} {% day date %}

Pages extend `web/base.html`: blocks title, panel (culture|health), head, brand, nav, tools, main, footer, scripts.

Holds the names that templates use. Does not hold the formats (`commons.web.formatting`) nor the looks (`static/web`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from zlib import crc32

from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from diptych.commons.web import assets, covers, formatting
from diptych.commons.web.templatetags import formats
from diptych.commons.web.templatetags.formats import language, time_element

register = template.Library()
register.filters.update(formats.register.filters)
register.tags.update(formats.register.tags)

TONES: Final = {"neutral": "", "accent": "", "info": "info", "good": "circle-check", "wait": "clock-alert", "bad": "circle-alert"}
KINDS: Final = ("primary", "quiet", "danger", "plain")


def _attributes(extra: Mapping[str, Any]) -> SafeString:
    "hx_get → hx-get; True stands alone; None and False are left out."
    return format_html_join(
        "",
        ' {}="{}"',
        (
            (name.rstrip("_").replace("_", "-"), "" if value is True else value)
            for name, value in extra.items()
            if value not in (None, False)
        ),
    )


def _id(kind: str, *words: str) -> str:
    "An id for an element, the same each time the page is drawn."
    return f"{kind}-{crc32(' '.join(map(str, words)).encode()):08x}"


def _block(name: str, content: str, **context: Any) -> SafeString:
    "A component with something inside, from its template."
    return render_to_string(f"web/ui/{name}.html", {"content": content, **context})


@register.simple_tag
def icon(name: str, *, label: str = "", size: str = "") -> SafeString:
    """A Lucide icon, inline. Without a label it is decoration, for use beside a word."""
    described = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    drawing = mark_safe(assets.icon(name))  # noqa: S308  # Lucide's own file, locked by its hash
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" focusable="false" {}>{}</svg>',
        f" icon--{size}" if size else "",
        described,
        drawing,
    )


@register.simple_tag
def button(
    label: str, *, kind: str = "primary", href: str = "", icon: str = "", why: str = "", busy: bool = False,
    wide: bool = False, opens: str = "", type: str = "submit", only_icon: bool = False, **extra: Any,
) -> SafeString:  # fmt: skip
    """A button, or a link that looks like one. `why` disables it and is said beside it; `opens` names a dialog."""
    if kind not in KINDS:
        raise ValueError(f"a button's kind is one of {', '.join(KINDS)}, not {kind!r}")
    context = {"label": label, "kind": kind, "href": href, "icon": icon, "why": why, "busy": busy, "wide": wide, "opens": opens}
    context |= {"type": "button" if opens and not href else type, "only_icon": only_icon, "attributes": _attributes(extra)}
    context["why_id"] = _id("why", label, why) if why else ""
    return render_to_string("web/ui/button.html", context)


@register.simple_tag
def badge(label: str, *, tone: str = "neutral", icon: str = "") -> SafeString:
    """A word in a small box: a status, a kind. The word says it; the colour only helps."""
    return render_to_string("web/ui/badge.html", {"label": label, "tone": _tone(tone), "icon": icon})


def _tone(tone: str) -> str:
    if tone not in TONES:
        raise ValueError(f"a tone is one of {', '.join(TONES)}, not {tone!r}")
    return tone


@register.simple_block_tag
def alert(content: str, *, tone: str = "info", title: str = "") -> SafeString:
    """A message in the page. A bad one is announced at once, the others in turn."""
    return _block("alert", content, tone=_tone(tone), title=title, icon=TONES[tone], role="alert" if tone == "bad" else "status")


@register.simple_block_tag
def card(content: str, *, title: str = "", level: int = 2, kind: str = "") -> SafeString:
    """A box. `kind`: "flat" (no shadow) or "" ; `level` is the heading's."""
    return _block("card", content, title=title, level=level, kind=kind)


@register.simple_block_tag
def dialog(content: str, id: str, title: str) -> SafeString:
    """A native dialog, opened by a button that has opens=id. Without script the button's href leads to a page instead."""
    return _block("dialog", content, id=id, title=title)


@register.simple_block_tag
def shelf(content: str, title: str, *, note: str = "", href: str = "", id: str = "") -> SafeString:
    """A row of cards that scrolls sideways, by touch, keyboard or its buttons; `href` leads to all that it holds."""
    return _block("shelf", content, title=title, note=note, href=href, id=id or _id("shelf", title))


@register.simple_tag(takes_context=True)
def offer_card(
    context: Context, *, title: str, href: str, seed: int = 0, image: str = "", place: str = "", distance: float | None = None,
    when: datetime | str | None = None, cents: int | None = None, badge: str = "", level: int = 3, also: str = "",
) -> SafeString:  # fmt: skip
    """An offer in a shelf or a grid: cover (drawn from `seed` unless `image` is given), price, place, metres away, next date;
    `also` says where else."""
    where = [place] if place else []
    where += [formatting.distance(distance, language=language())] if distance is not None else []
    moment = time_element(context, when) if isinstance(when, datetime) else when
    return render_to_string("web/ui/offer_card.html", {
        "title": title, "href": href, "cover": cover(seed), "image": image,
        "where": f"{formatting.NBSP}· ".join(where), "moment": moment,
        "price": None if cents is None else formatting.price(cents, language=language()), "badge": badge, "level": level, "also": also,
    })  # fmt: skip


@register.simple_tag
def cover(seed: int) -> SafeString:
    """The drawn cover of a seed."""
    return mark_safe(covers.cover(int(seed)))  # noqa: S308  # our own drawing, made of numbers


@register.simple_tag
def count(number: int, *, unit: str = "", note: str = "", label: str = "") -> SafeString:
    """A big figure, and how to read it."""
    return render_to_string(
        "web/ui/count.html", {"number": formatting.count(number, language=language()), "unit": unit, "note": note, "label": label}
    )


@register.simple_block_tag
def facts(content: str) -> SafeString:
    """A list of named facts."""
    return format_html('<dl class="facts">{}</dl>', content)


@register.simple_block_tag
def fact(content: str, name: str) -> SafeString:
    """One named fact, inside `facts`."""
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", name, content)


@register.simple_block_tag
def table(content: str, *, caption: str, hide_caption: bool = False) -> SafeString:
    """A table. Cells with data-label stack on a phone; class="number" sets figures in columns."""
    return _block("table", content, caption=caption, hide_caption=hide_caption)


@register.simple_tag(takes_context=True)
def sort_link(context: Context, label: str, field: str) -> SafeString:
    """A column's heading that sorts by it. Put it in <th scope="col">; says the order in words too."""
    now = context["request"].GET.get("sort", "")
    order = {field: "up", f"-{field}": "down"}.get(now, "")
    said = {"up": gettext("sorted, smallest first"), "down": gettext("sorted, largest first"), "": gettext("sort")}[order]
    href = _query(context, sort=f"-{field}" if order == "up" else field, page=None)
    return render_to_string("web/ui/sort_link.html", {"label": label, "order": order, "said": said, "href": href})


def _query(context: Context, **changes: Any) -> str:
    "The page's own query with changes; None removes."
    asked = {name: values for name, values in context["request"].GET.lists() if name not in changes}
    return "?" + urlencode(asked | {name: [str(value)] for name, value in changes.items() if value is not None}, doseq=True)


@register.simple_tag
def steps(*, current: int, labels: list[str]) -> SafeString:
    """Where one stands in a task of several pages; `current` counts from 1."""
    states = [(label, "done" if n < current else "now" if n == current else "") for n, label in enumerate(labels, 1)]
    return render_to_string(
        "web/ui/steps.html", {"steps": states, "current": current, "total": len(labels), "label": labels[current - 1]}
    )


@register.simple_tag(takes_context=True)
def pagination(context: Context, page: Any, *, param: str = "page", after: str = "") -> SafeString:
    """Links to the other pages of a Django `Page`, keeping the query. Nothing where there is one page. `after`: a list's own word
    for what comes next, so that a list that changes is neither skipped nor repeated; the link to the next page says it."""
    if page.paginator.num_pages < 2:
        return SafeString("")
    numbers = [
        (n if isinstance(n, int) else None, _query(context, **{param: n, "after": None}) if isinstance(n, int) else "")
        for n in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
    before = _query(context, **{param: page.previous_page_number(), "after": None}) if page.has_previous() else ""
    after = _query(context, **{param: page.next_page_number(), "after": after or None}) if page.has_next() else ""
    return render_to_string("web/ui/pagination.html", {"page": page, "numbers": numbers, "before": before, "after": after})


def _pairs(words: tuple[str, ...]) -> list[tuple[str, str]]:
    "label, address, label, address…; a last label without its address is where one is."
    return [(words[i], words[i + 1] if i + 1 < len(words) else "") for i in range(0, len(words), 2)]


@register.simple_tag
def breadcrumb(*words: str) -> SafeString:
    """The way here: label, address, …, and the page's own label last."""
    return render_to_string("web/ui/breadcrumb.html", {"crumbs": _pairs(words)})


@register.simple_tag
def tabs(*words: str, current: str, label: str = "") -> SafeString:
    """Views of one thing, as links: label, address, …; `current` is the address where one is."""
    return render_to_string("web/ui/tabs.html", {"tabs": _pairs(words), "current": current, "label": label})


@register.simple_block_tag
def chips(content: str, *, label: str = "") -> SafeString:
    """A row of filters that scrolls sideways."""
    return _block("chips", content, label=label)


@register.simple_tag
def chip(label: str, *, href: str, on: bool = False, icon: str = "", **extra: Any) -> SafeString:
    """One filter; `on` where it applies now."""
    return render_to_string(
        "web/ui/chip.html", {"label": label, "href": href, "on": on, "icon": icon, "attributes": _attributes(extra)}
    )


@register.simple_block_tag
def empty(content: str, *, title: str, text: str = "", icon: str = "sparkles", level: int = 2) -> SafeString:
    """Nothing here yet: what would be here, and what to do."""
    return _block("empty", content, title=title, text=text, icon=icon, level=level)


@register.simple_tag
def skeleton(kind: str = "lines", number: int = 3) -> SafeString:
    """What is on its way: "cards" or "lines". For waits past 300 ms."""
    return render_to_string("web/ui/skeleton.html", {"kind": kind, "items": range(number)})


@register.simple_tag
def search_box(*, action: str, value: str = "", label: str, placeholder: str = "", name: str = "q") -> SafeString:
    """The big search field, in its own form."""
    return render_to_string(
        "web/ui/search_box.html", {"action": action, "value": value, "label": label, "placeholder": placeholder, "name": name}
    )


@register.simple_tag
def code_boxes(
    name: str = "code", *, label: str, value: str = "", error: str = "", hint: str = "", length: int = 6
) -> SafeString:
    """The characters of a ticket's code: one true field, drawn as boxes where scripts run. A text may be pasted in it."""
    return render_to_string("web/ui/code_boxes.html", {
        "name": name, "label": label, "value": value, "error": error, "hint": hint, "length": length, "boxes": range(length),
    })  # fmt: skip


@register.simple_block_tag
def ticket(
    content: str, *, title: str, code: str, qr: str = "", kind: str = "", seed: int = 0, note: str = "",
    level: int = 1, image: str = "",
) -> SafeString:  # fmt: skip
    """A ticket. `qr` is SVG text (marked safe by who drew it); the code stays black on white in the dark."""
    return _block(
        "ticket", content, title=title, code=code, qr=qr, kind=kind, cover=cover(seed), note=note, level=level, image=image
    )


@register.simple_block_tag
def ticket_line(content: str, name: str) -> SafeString:
    """A line with an icon, in a ticket or on an offer's page."""
    return format_html('<p class="iconed">{}<span>{}</span></p>', icon(name), content)


@register.simple_tag(takes_context=True)
def toast(context: Context, text: str, *, tone: str = "info", undo: str = "") -> SafeString:
    """A short answer to what was just done; `undo` is the address that takes it back (POST)."""
    token = context.get("csrf_token", "")
    return render_to_string(
        "web/ui/toast.html", {"text": text, "tone": _tone(tone), "undo": undo, "csrf_token": token, "icon": TONES[tone]}
    )


@register.simple_block_tag
def navbar(content: str, label: str = "") -> SafeString:
    """The main navigation: a bar at the bottom of a phone, in the header of a desk."""
    return _block("navbar", content, label=label)


@register.simple_tag(takes_context=True)
def nav_link(context: Context, label: str, href: str, *, icon: str, exact: bool = False) -> SafeString:
    """A place of the main navigation; the current one is known by the page's address (its beginning, unless `exact`)."""
    path = context["request"].path if "request" in context else ""
    here = path == href or (not exact and href != "/" and path.startswith(href))
    return render_to_string("web/ui/nav_link.html", {"label": label, "href": href, "icon": icon, "here": here})


@register.simple_block_tag
def page_head(content: str, above: str = "", *, title: str, text: str = "", level: int = 1) -> SafeString:
    """The page's one h1, a line above it, a line under it, and what stands on its right."""
    return _block("page_head", content, above=above, title=title, text=text, level=level)


@register.simple_tag
def balance(cents: int, label: str, *, href: str = "") -> SafeString:
    """What is left in the wallet, always in sight."""
    figure = formatting.money(cents, language=language())
    return render_to_string("web/ui/balance.html", {"figure": figure, "label": label, "href": href})


@register.simple_tag
def bars(rows: list[tuple[str, int]]) -> SafeString:
    """Named counts as bars on one scale: each as long as its share of the largest."""
    largest = max((value for _, value in rows), default=0) or 1
    lines = [(name, formatting.count(value, language=language()), f"{100 * value / largest:.2f}") for name, value in rows]
    return render_to_string("web/ui/bars.html", {"lines": lines})
