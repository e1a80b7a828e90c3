"""Small tables in and out, for each table of OMOP's SQL. What a table in does not say is empty."""

CASES: dict[str, tuple[str, dict[str, str], str]] = {
    "a person of two identities has the first one's words, and another's where it is silent": (
        "person",
        {
            "intake.patient": """
                number | person_id | origin | patient | sex | birth
                4      | 4         | 104    | A       | h   |
                9      | 4         | 109    | B       | f   | 1985-09
            """,
        },
        """
        person_id | gender_concept_id | year_of_birth | month_of_birth | day_of_birth | person_source_value | origin
        4         | 8507              | 1985          | 9              |              | A                   | 104
        """,
    ),
    "a birth without its month has no day either, and none is the age of the first stay": (
        "person",
        {
            "intake.patient": """
                number | person_id | origin | patient | birth
                1      | 1         | 101    | A       | 1985-00-21
                2      | 2         | 102    | B       |
            """,
            "intake.stay": """
                visit_occurrence_id | person_id | start_date | age
                20                  | 2         | 2024-03-01 | 41
                21                  | 2         | 2020-03-01 | 36
            """,
        },
        """
        person_id | gender_concept_id | year_of_birth | month_of_birth | day_of_birth
        1         | 0                 | 1985          |                |
        2         | 0                 | 1983          |                |
        """,
    ),
    "visits follow one another, in the source's words for kind and place": (
        "visit_occurrence",
        {
            "intake.stay": """
                visit_occurrence_id | person_id | stay | kind | start_date | end_date   | admitted_from | discharged_to | origin
                7                   | 1         | s7   | EMER | 2024-01-02 | 2024-01-02 | Domicile      |               | 107
                8                   | 1         | s8   | IMP  | 2024-01-02 |            | lune          |               | 108
                5                   | 1         | s5   | IMP  | 2023-01-02 | 2023-02-01 |               | Domicile      | 105
            """,
        },
        """
        visit_occurrence_id | visit_concept_id | visit_end_date | admitted_from_concept_id | discharged_to_concept_id | preceding_visit_occurrence_id
        5                   | 9201             | 2023-02-01     | 0                        | 8536                     |
        7                   | 9203             | 2024-01-02     | 8536                     | 0                        | 5
        8                   | 9201             |                | 0                        | 0                        | 7
        """,
    ),
    "a unit is a part of its visit": (
        "visit_detail",
        {
            "intake.movement": """
                visit_detail_id | visit_occurrence_id | person_id | movement | kind | start_date | care_site_id | origin
                30              | 7                   | 1         | m1       | icu  | 2024-01-02 | 3            | 130
                31              | 7                   | 1         | m2       | salle | 2024-01-04 | 4           | 131
            """,
        },
        """
        visit_detail_id | visit_detail_concept_id | care_site_id | preceding_visit_detail_id | visit_occurrence_id
        30              | 32037                   | 3            |                           | 7
        31              | 0                       | 4            | 30                        | 7
        """,
    ),
    "DP, DR, DAS": (
        "condition_occurrence",
        {
            "intake.fact": """
                id | person_id | goes_to              | concept_id | source_concept_id | code  | role      | start_date | origin
                1  | 1         | condition_occurrence | 312327     | 45                | I21.9 | DP        | 2024-01-02 | 101
                2  | 1         | condition_occurrence | 0          | 0                 | E78.0 | DAS       | 2024-01-02 | 102
                3  | 1         | condition_occurrence | 0          | 0                 | I25.9 | DR        | 2024-01-02 | 103
                4  | 1         | condition_occurrence | 0          | 0                 | R50.9 |           | 2024-01-02 | 104
                5  | 1         | observation          | 0          | 0                 | Z87.2 | DAS       | 2024-01-02 | 105
            """,
        },
        """
        condition_occurrence_id | condition_concept_id | condition_source_value | condition_source_concept_id | condition_status_concept_id
        1                       | 312327               | I21.9                  | 45                          | 32902
        2                       | 0                    | E78.0                  | 0                           | 32908
        3                       | 0                    | I25.9                  | 0                           | 32908
        4                       | 0                    | R50.9                  | 0                           | 0
        """,
    ),
    "an act": (
        "procedure_occurrence",
        {
            "intake.fact": """
                id | person_id | goes_to              | concept_id | code    | start_date | quantity | origin
                1  | 1         | procedure_occurrence | 0          | DEQP003 | 2024-01-02 | 2        | 101
            """,
        },
        """
        procedure_occurrence_id | procedure_source_value | procedure_date | quantity
        1                       | DEQP003                | 2024-01-02     | 2
        """,
    ),
    "a result goes to the unit of its code, with its bounds; another keeps its own": (
        "measurement",
        {
            "intake.fact": """
                id | person_id | goes_to     | concept_id | code   | start_date | value | low | high | unit | operator | origin
                1  | 1         | measurement | 3000963    | 718-7  | 2024-01-02 | 142   | 120 | 160  | g/l  |          | 101
                2  | 1         | measurement | 3000963    | 718-7  | 2024-01-02 | 14.2  | 12  | 16   | g/dL | <        | 102
                3  | 1         | measurement | 0          | 8310-5 | 2024-01-02 | 98.6  |     |      | [degF] |        | 103
                4  | 1         | measurement | 0          | other  | 2024-01-02 | 3     |     |      | pas  |          | 104
            """,
            "intake.unit": """
                unit   | ucum   | concept_id
                g/l    | g/L    | 8636
                g/dL   | g/dL   | 8713
                [degF] | [degF] | 9289
                pas    | pas    | 0
            """,
        },
        """
        measurement_id | value_as_number | range_low | range_high | unit_concept_id | unit_source_concept_id | operator_concept_id
        1              | 14.2            | 12        | 16         | 8713            | 8636                   | 0
        2              | 14.2            | 12        | 16         | 8713            | 8713                   | 4171756
        3              | 37              |           |            | 586323          | 9289                   | 0
        4              | 3               |           |            | 0               | 0                      | 0
        """,
    ),
    "a habit": (
        "observation",
        {
            "intake.fact": """
                id | person_id | goes_to     | concept_id | code    | start_date | value_text | value_code | value_concept_id | origin
                1  | 1         | observation | 0          | 72166-2 | 2024-01-02 | Ex-fumeur  | Ex-fumeur  | 45               | 101
            """,
        },
        """
        observation_id | observation_source_value | value_as_string | value_as_concept_id | value_source_value
        1              | 72166-2                  | Ex-fumeur       | 45                  | Ex-fumeur
        """,
    ),
    "a prescription is how much a day for how many days; what was given is what was given": (
        "drug_exposure",
        {
            "intake.drug": """
                id | person_id | kind         | code    | label   | start_date | end_date   | quantity | route  | origin
                1  | 1         | prescribed   | B01AC06 | Aspirine | 2024-01-02 | 2024-01-12 |         | Orale  | 101
                2  | 1         | prescribed   | N02BE01 |         | 2024-01-02 |            |          |        | 102
                3  | 1         | administered |         | Albumine | 2024-01-02 |           | 50       | IV     | 103
            """,
            "intake.dose": """
                drug_id | per_day | quantity | end_date   | origin
                1       | 2       | 75       |            | 111
                1       | 1       | 100      |            | 112
                2       | 3       | 500      | 2024-01-05 | 113
            """,
        },
        """
        drug_exposure_id | drug_type_concept_id | drug_source_value | drug_exposure_end_date | verbatim_end_date | quantity | days_supply | route_concept_id
        1                | 32838                | B01AC06           | 2024-01-12             | 2024-01-12        | 2500     | 10          | 4132161
        2                | 32838                | N02BE01           | 2024-01-05             |                   | 4500     | 3           | 0
        3                | 32818                | Albumine          | 2024-01-02             |                   | 50       |             | 4171047
        """,
    ),
    "of two days of death the hospital's": (
        "death",
        {
            "intake.death": """
                person_id | told_by  | happened_date | origin
                1         | insee    | 2024-01-02    | 101
                1         | hospital | 2024-01-03    | 102
                2         | family   | 2024-01-05    | 103
                2         | family   | 2024-01-04    | 104
            """,
        },
        """
        person_id | death_date | death_type_concept_id | origin
        1         | 2024-01-03 | 32817                 | 102
        2         | 2024-01-04 | 32817                 | 104
        """,
    ),
    "a period ends with the person": (
        "observation_period",
        {
            "intake.stay": """
                person_id | start_date | end_date
                1         | 2024-01-02 | 2024-01-05
                2         | 2024-01-02 |
            """,
            "intake.fact": """
                person_id | start_date
                1         | 2023-12-01
                1         | 2024-03-01
            """,
            "omop.death": """
                person_id | death_date
                1         | 2024-01-05
                2         | 2020-01-01
            """,
        },
        """
        observation_period_id | observation_period_start_date | observation_period_end_date
        1                     | 2023-12-01                    | 2024-01-05
        2                     | 2024-01-02                    | 2024-01-02
        """,
    ),
    "a hospital, and a unit of it": (
        "care_site",
        {
            "intake.care_site": """
                care_site_id | care_site | name | kind     | part_of_id | origin
                1            | N         | Nord | hospital |            | 101
                2            | N/C      | Cœur | unit     | 1          | 102
            """,
        },
        """
        care_site_id | care_site_name | place_of_service_concept_id | care_site_source_value
        1            | Nord           | 8717                        | N
        2            | Cœur           | 0                           | N/C
        """,
    ),
    "the tree of places, both ways": (
        "fact_relationship",
        {
            "intake.care_site": """
                care_site_id | care_site | part_of_id | origin
                1            | N         |            | 101
                2            | N/C      | 1          | 102
            """,
        },
        """
        fact_id_1 | fact_id_2 | relationship_concept_id
        1         | 2         | 46233688
        2         | 1         | 46233689
        """,
    ),
    "two at one address": (
        "location",
        {
            "intake.address": """
                location_id | city     | commune | department | origin
                1           | Nanterre | 92050   | 92         | 102
                1           | Nanterre | 92050   | 92         | 101
            """,
        },
        """
        location_id | city     | state | county | origin
        1           | Nanterre | 92    | 92050  | 101
        """,
    ),
    "who gives care": (
        "provider",
        {
            "intake.provider": """
                provider_id | provider | name      | rpps | care_site_id | origin
                1           | dr1      | Dr Blanc  | 1001 | 4            | 101
                2           | dr2      | Dr Petit  |      |              | 102
            """,
        },
        """
        provider_id | provider_name | provider_source_value | care_site_id
        1           | Dr Blanc      | 1001                  | 4
        2           | Dr Petit      | dr2                   |
        """,
    ),
    "a sample, and a note": (
        "specimen",
        {
            "intake.specimen": """
                id | person_id | specimen | code  | concept_id | happened_date | origin
                1  | 1         | t1       | Blood | 0          | 2024-01-02    | 101
            """,
        },
        """
        specimen_id | specimen_source_id | specimen_source_value | specimen_date
        1           | t1                 | Blood                 | 2024-01-02
        """,
    ),
    "a note": (
        "note",
        {
            "intake.note": """
                id | person_id | note | title  | text  | happened_date | visit_occurrence_id | origin
                1  | 1         | n1   | Sortie | Salut | 2024-01-02    | 7                   | 101
            """,
        },
        """
        note_id | note_title | note_text | visit_occurrence_id | note_source_value
        1       | Sortie     | Salut     | 7                   | n1
        """,
    ),
}
