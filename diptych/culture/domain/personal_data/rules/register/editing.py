"""The register: shelves of the home and Wagtail's tables, by which editors compose them.

Wagtail's tables of pages, comments, workflows, files and sites come with it and stay empty: none of their screens exists here
(`site.editorial`). They are declared all the same, so that a row in one would be found and forgotten.
"""

from typing import Final

from ...terms import Category, Kept
from .shapes import EDITING, MACHINE, NULL, Column, Row, Table, _, hidden, plain, seen

_MINE: Final = "user_id = %(person)s"


def _machine(name: str, columns: str) -> Table:
    return Table(name, MACHINE, plain(columns))


def _dropped(name: str, title: str, columns: str, *shown: Column, of: str = _MINE, links: str = "user_id") -> Table:
    return Table(
        name, EDITING, (*plain(columns), *hidden(links, Category.LINK), *shown), title=title, of=of, row=Row.DROPPED, order="id"
    )


def _unsigned(name: str, title: str, columns: str, *shown: Column, of: str = _MINE, links: str = "user_id") -> Table:
    "Rows that stay, without who wrote them."
    return Table(
        name,
        EDITING,
        (*plain(columns), *hidden(links, Category.LINK, becomes=NULL), *shown),
        title=title,
        of=of,
        row=Row.KEPT,
        order="id",
    )


def _when(name: str) -> Column:
    return seen(name, Category.TRACE, _("When it was"), kept=Kept.PROOF)


ROWS: Final = (
    _dropped(
        "wagtailcore_commentreply", _("Replies to comments that you wrote"), "id comment_id text updated_at", _when("created_at")
    ),
    _dropped(
        "wagtailcore_comment", _("Comments that you wrote"),
        "id page_id text contentpath position updated_at revision_created_id resolved_at", _when("created_at"),
        of="%(person)s in (user_id, resolved_by_id)", links="user_id resolved_by_id",
    ),
    _dropped(
        "wagtailcore_pagesubscription", _("Pages that you follow"), "id page_id",
        seen("comment_notifications", Category.TRACE, _("Told of comments")),
    ),
    _dropped(
        "wagtailcore_uploadedfile", _("Files that you sent to the editor"), "id for_content_type_id",
        seen("file", Category.TRACE, _("File")), of="uploaded_by_user_id = %(person)s", links="uploaded_by_user_id",
    ),
    _dropped(
        "wagtailadmin_editingsession", _("Shelves open on your screen"), "id content_type_id object_id is_editing", _when("last_seen_at")
    ),
    _dropped(
        "wagtailadmin_formstate", _("Forms that you had not sent"), "id data content_type_id object_id parent_object_id",
        _when("last_updated_at"),
    ),
    _dropped(
        "wagtailusers_userprofile", _("Your preferences in the editor"),
        "id submitted_notifications approved_notifications rejected_notifications updated_comments_notifications current_time_zone"
        " avatar dismissibles theme contrast density keyboard_shortcuts",
        seen("preferred_language", Category.CHOICES, _("Language")),
    ),
    _unsigned(
        "wagtailcore_modellogentry", _("What you did to shelves"),
        "id content_type_id label data uuid revision_id content_changed deleted object_id",
        _when("timestamp"), seen("action", Category.TRACE, _("Act"), kept=Kept.PROOF),
    ),
    _unsigned(
        "wagtailcore_revision", _("Versions of shelves that you wrote"),
        "id content_type_id base_content_type_id object_id content approved_go_live_at",
        _when("created_at"), seen("object_str", Category.TRACE, _("Title"), kept=Kept.PROOF),
    ),
    _unsigned(
        "wagtailcore_taskstate", _("Reviews that you ended"),
        "id workflow_state_id revision_id task_id status started_at comment content_type_id", _when("finished_at"),
        of="finished_by_id = %(person)s", links="finished_by_id",
    ),
    _unsigned(
        "wagtailcore_workflowstate", _("Reviews that you asked for"),
        "id content_type_id base_content_type_id object_id workflow_id status current_task_state_id", _when("created_at"),
        of="requested_by_id = %(person)s", links="requested_by_id",
    ),
    _unsigned(
        "wagtailcore_pagelogentry", _("What you did to pages"),
        "id content_type_id label data uuid revision_id content_changed deleted page_id",
        _when("timestamp"), seen("action", Category.TRACE, _("Act"), kept=Kept.PROOF),
    ),
    _unsigned(
        "wagtailcore_page", _("Pages that you own"),
        "id path depth numchild translation_key locale_id latest_revision_id live has_unpublished_changes last_published_at"
        " live_revision_id go_live_at expire_at expired locked locked_at draft_title slug content_type_id url_path seo_title"
        " show_in_menus search_description latest_revision_created_at alias_of_id",
        _when("first_published_at"), seen("title", Category.TRACE, _("Title"), kept=Kept.PROOF),
        of="%(person)s in (owner_id, locked_by_id)", links="owner_id locked_by_id",
    ),
    _machine(
        "editorial_shelf",
        "id latest_revision_id live has_unpublished_changes first_published_at last_published_at live_revision_id go_live_at expire_at"
        " expired title hint kind position offers venue_id search_text search_group search_days search_price search_duo search_here"
        " text video_url ages_from ages_to departments",
    ),
    _machine("wagtailadmin_admin", "id"),
    _machine("wagtailcore_locale", "id language_code"),
    _machine("wagtailcore_site", "id hostname port site_name root_page_id is_default_site"),
    _machine("wagtailcore_groupsitepermission", "id group_id site_id permission_id"),
    _machine("wagtailcore_collectionviewrestriction_groups", "id collectionviewrestriction_id group_id"),
    _machine("wagtailcore_collectionviewrestriction", "id restriction_type password collection_id"),
    _machine("wagtailcore_collection", "id path depth numchild name"),
    _machine("wagtailcore_groupcollectionpermission", "id group_id collection_id permission_id"),
    _machine("wagtailcore_workflowcontenttype", "content_type_id workflow_id"),
    _machine("wagtailcore_workflow", "id name active"),
    _machine("wagtailcore_workflowtask", "id sort_order workflow_id task_id"),
    _machine("wagtailcore_task", "id name content_type_id active"),
    _machine("wagtailcore_groupapprovaltask_groups", "id groupapprovaltask_id group_id"),
    _machine("wagtailcore_groupapprovaltask", "task_ptr_id"),
    _machine("wagtailcore_grouppagepermission", "id group_id page_id permission_id"),
    _machine("wagtailcore_pageviewrestriction_groups", "id pageviewrestriction_id group_id"),
    _machine("wagtailcore_pageviewrestriction", "id restriction_type password page_id"),
    _machine("wagtailcore_workflowpage", "page_id workflow_id"),
    _machine(
        "wagtailcore_referenceindex",
        "id content_type_id base_content_type_id object_id to_content_type_id to_object_id model_path content_path content_path_hash",
    ),
    _machine("taggit_tag", "id name slug"),
    _machine("taggit_taggeditem", "id tag_id content_type_id object_id"),
)  # fmt: skip
