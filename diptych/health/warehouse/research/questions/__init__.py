"""Questions that are kept: drafts with undo, numbered versions, copies given to others, and how one is edited."""
