"""The vocabulary tables: the terms, and how they are bound."""

from .declared import Shape, shape

VOCABULARY: tuple[Shape, ...] = (
    shape(
        "concept",
        "The terms of every vocabulary.",
        """
        concept_id! The term's number; 0 is 'no matching concept'.
        concept_name! The term, as people read it.
        domain_id:VARCHAR Which table takes it: Condition, Drug, Measurement.
        vocabulary_id:VARCHAR The vocabulary that it comes from: SNOMED, RxNorm, CIM10.
        concept_class_id:VARCHAR Its class in that vocabulary.
        standard_concept S for a standard term, C for a class, empty for others.
        concept_code Its code in that vocabulary.
        valid_start_date
        valid_end_date
        invalid_reason
        """,
        order="concept_id",
        must_exist=True,
    ),
    shape(
        "concept_ancestor",
        "Which term is above which, at every distance.",
        """
        ancestor_concept_id! The wider term.
        descendant_concept_id! The narrower term; every term is its own descendant at distance 0.
        min_levels_of_separation:BIGINT The shortest distance.
        max_levels_of_separation:BIGINT The longest distance.
        """,
        order="ancestor_concept_id descendant_concept_id",
        key="ancestor_concept_id descendant_concept_id",
    ),
    shape(
        "concept_relationship",
        "How terms are bound: 'Maps to', 'Is a' and the like.",
        """
        concept_id_1! The term from which.
        concept_id_2! The term to which.
        relationship_id:VARCHAR! The kind of bond.
        valid_start_date
        valid_end_date
        invalid_reason
        """,
        order="concept_id_2 concept_id_1 relationship_id",
        key="concept_id_1 concept_id_2 relationship_id",
    ),
    shape(
        "concept_synonym",
        "Other names of terms, by language.",
        """
        concept_id! The term.
        concept_synonym_name! Another name of it.
        language_concept_id! The language of that name.
        """,
        order="concept_id language_concept_id concept_synonym_name",
        key="concept_id language_concept_id concept_synonym_name",
    ),
    shape(
        "vocabulary",
        "The vocabularies themselves.",
        """
        vocabulary_id:VARCHAR! The vocabulary's short name.
        vocabulary_name! Its long name.
        vocabulary_version The version from which terms were taken.
        vocabulary_concept_id The term that stands for it.
        """,
        order="vocabulary_id",
    ),
)
