"""Tests about the code itself: what the house agreed on, and what a review would otherwise have to remember."""
