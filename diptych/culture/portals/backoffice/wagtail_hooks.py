"""What Wagtail shows in the editor's screens: the shelves, a way back to the back office, and nothing of pages, images or sites."""

from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem, admin_menu
from wagtail.admin.search import admin_search_areas
from wagtail.snippets.models import register_snippet

from .shelf_editor import ShelfScreens, remark_on

register_snippet(ShelfScreens)

# Menus of our own: Wagtail's entries (pages, reports, sites) ask for groups, which accounts have not, before one may leave them out.
admin_menu.register_hook_name = "register_editors_menu_item"
admin_search_areas.register_hook_name = "register_editors_search_area"


@hooks.register("register_editors_menu_item")  # type: ignore[untyped-decorator]  # Wagtail carries no types
def shelves() -> MenuItem:
    """All shelves."""
    return MenuItem(
        _("Shelves"), reverse_lazy("wagtailsnippets_editorial_shelf:list"), name="shelves", icon_name="list-ul", order=100
    )


@hooks.register("register_editors_menu_item")  # type: ignore[untyped-decorator]  # Wagtail carries no types
def as_a_youth_sees_it() -> MenuItem:
    """The home as somebody would see it."""
    return MenuItem(_("See the home as…"), reverse_lazy("backoffice:shelf-preview"), name="preview", icon_name="view", order=800)


@hooks.register("register_editors_menu_item")  # type: ignore[untyped-decorator]  # Wagtail carries no types
def back_to_the_team() -> MenuItem:
    """The way back."""
    return MenuItem(_("Back office"), reverse_lazy("backoffice:home"), name="back-office", icon_name="home", order=900)


@hooks.register("after_create_snippet")  # type: ignore[untyped-decorator]  # the same
@hooks.register("after_edit_snippet")  # type: ignore[untyped-decorator]  # the same
def remark(request: Any, shelf: Any) -> None:
    """Count the tone guide's remarks, once saved."""
    remark_on(request, shelf)
