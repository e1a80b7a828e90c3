"""Chapters: the specs, in the order in which the page prints them."""

from . import concept_sets, constraints, criteria, domains, ends, filters, groups, limits, members, occurrences, requests, windows

CHAPTERS = (
    concept_sets.CHAPTER,
    domains.CHAPTER,
    criteria.CHAPTER,
    filters.CHAPTER,
    windows.CHAPTER,
    occurrences.CHAPTER,
    groups.CHAPTER,
    limits.CHAPTER,
    ends.CHAPTER,
    requests.CHAPTER,
    members.CHAPTER,
    constraints.CHAPTER,
)
