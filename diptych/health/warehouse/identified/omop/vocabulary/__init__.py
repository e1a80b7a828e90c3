"""Vocabularies of the room: what its codes mean, from Athena's folders and from French lists, as OMOP's vocabulary tables.

`french` and `athena` read what publishers issue, `building` makes the tables of both, `loading` puts them in place at once. The steward's
own mapping of source codes is no vocabulary, and is not here.
"""
