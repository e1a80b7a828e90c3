"""Writes of kept questions: keeping them, and editing them gesture by gesture."""

from .gestures import apply, replace_asked
from .keeping import create, edit, redo, remove, rename, save, share, undo

__all__ = ["apply", "create", "edit", "redo", "remove", "rename", "replace_asked", "save", "share", "undo"]
