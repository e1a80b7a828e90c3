"""Spec: the cohort language told by small tables, run on every engine, printed as docs/generated/cohort-language.md."""
