"""The locked room's door is a Django of its own: its tests run by themselves (see the Makefile).

    pytest --ds=diptych.health.room.settings tests/health/room

The room is a small hospital of the French record system, put through the flow once a run.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

OURS = settings.ROOT_URLCONF == "diptych.health.room.urls"
collect_ignore_glob = [] if OURS else ["test_*.py"]
PASSWORD = "a-long-password-for-tests"
NAMES = {"engineer": "Hugo Ingénieur", "steward": "Anne Référente", "dpo": "Denis Délégué"}


@pytest.fixture(scope="session")
def hospital(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]  # imported late: it needs no Django
    """A room with three patients, a bad row, two codes without a concept, and a vocabulary to find concepts in."""
    from diptych.health.warehouse.identified.omop.vocabulary import loading
    from tests.health.hospitals import AT, Hospital, diagnosis, patient, stay

    made = Hospital(tmp_path_factory.mktemp("room"))
    made.says(
        patient=[patient(1), patient(2), patient(3), patient(4, date_naissance="hier")],
        donnees_pmsi=[stay(10, 1), stay(11, 2), stay(12, 3)],
        diagnostics=[diagnosis(n, 1 + n % 3, 10 + n % 3, "I10" if n < 4 else "A999") for n in range(6)],
    )
    athena = made.folder / "athena"
    athena.mkdir()
    columns = "concept_id concept_name domain_id vocabulary_id concept_class_id standard_concept concept_code valid_start_date valid_end_date"
    concepts = [
        (320128, "Hypertension essentielle", "Condition", "SNOMED", "Disorder", "S", "59621000", "19700101", "20991231"),
        (4322024, "Hypertension pulmonaire", "Condition", "SNOMED", "Disorder", "S", "70995007", "19700101", "20991231"),
        (45591453, "Hypertension (source)", "Condition", "ICD10", "Code", "", "I10", "19700101", "20991231"),
    ]
    lines = ["\t".join(columns.split()), *("\t".join(map(str, one)) for one in concepts)]
    (athena / "CONCEPT.csv").write_text("\n".join(lines) + "\n")
    loading.load(athena, home=made.room.home, at=AT, told=lambda _: None)
    made.run()
    return made


@pytest.fixture(autouse=True)
def _shown(hospital) -> Iterator[None]:  # type: ignore[no-untyped-def]
    settings.ROOM_HOME, settings.ROOM_KEYS = hospital.room.home, hospital.room.keys
    yield
    (Path(settings.ROOM_HOME) / "omop" / "mapping.jsonl").unlink(missing_ok=True)


@pytest.fixture
def browser(db):  # type: ignore[no-untyped-def]
    """The browser of somebody of a role."""
    from diptych.health.warehouse.identified.staff.models import Member
    from diptych.health.warehouse.identified.staff.operations import open_account
    from tests.health.hospitals import AT

    def of(role: str) -> Client:
        number = open_account(
            email=f"{role}@salle.exemple.fr", name=NAMES[role], password=PASSWORD, role=role, actor="job:test", at=AT
        )
        client = Client()
        client.force_login(Member.objects.get(pk=number), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return of
