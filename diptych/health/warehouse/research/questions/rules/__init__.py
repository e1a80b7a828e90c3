"""Rules of the questions chapter: how a question is edited, and how two of them differ."""
