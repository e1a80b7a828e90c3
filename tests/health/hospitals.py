"""A small hospital in the French record system's words, and its way to a mart: what a test changes, it says."""

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from diptych.health.warehouse.identified import flow
from diptych.health.warehouse.identified.omop import workshop
from tests.house.tree import ROOT

DECLARED = ROOT / "examples" / "sources" / "french_ehr.toml"
AT = datetime(2026, 11, 26, 6, tzinfo=UTC)

COLUMNS = {
    "patient": "patient_id nom prenom nir ins date_naissance sexe date_deces source_deces rang_gemellaire created_at updated_at",
    "patient_adresse": "patient_adresse_id patient_id latitude longitude code_iris libelle_iris code_geographique_residence "
    "libelle_geographique_residence date_recueil created_at updated_at",
    "donnees_pmsi": "pmsi_id patient_id mode_sortie age_admission date_debut_sejour date_fin_sejour mode_entree etablissement "
    "service unite_fonctionnelle created_at updated_at",
    "diagnostics": "diagnostic_id patient_id pmsi_id code_diagnostic type_diagnostic libelle_diagnostic date_recueil created_at updated_at",
    "actes": "acte_id patient_id pmsi_id code_acte libelle_acte date_acte executant date_recueil created_at updated_at",
    "biologie": "biologie_id patient_id code_loinc libelle_test type_examen valeur unite valeur_texte date_prelevement "
    "statut_validation borne_inf_normale borne_sup_normale laboratoire created_at updated_at",
    "dossier_soins": "soin_id patient_id code_loinc libelle_test valeur unite valeur_code valeur_texte date_mesure unite_soins "
    "professionnel created_at updated_at",
    "prescription": "prescription_id patient_id prescripteur denomination code_atc voie_administration date_prescription "
    "date_debut_prescription date_fin_prescription created_at updated_at",
    "posologie": "posologie_id prescription_id nombre_prises_par_jour quantite unite_quantite date_heure_debut date_heure_fin "
    "created_at updated_at",
    "administration": "administration_id patient_id prescription_id denomination code_atc voie_administration quantite unite_quantite "
    "date_heure_debut date_heure_fin created_at updated_at",
    "style_vie": "style_vie_id patient_id consommation_tabac consommation_alcool consommation_autres_drogues activite_physique "
    "date_recueil created_at updated_at",
}  # fmt: skip
"""The columns of its files, as its DDL has them."""


@dataclass(frozen=True)
class Hospital:
    """A folder: the files of the record system, a home, its keys, its marts."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "in"

    @property
    def room(self) -> flow.Room:
        return flow.Room.of(self.folder / "home", None)

    def says(self, **tables: list[dict[str, Any]]) -> None:
        """Write these files, and the others empty of rows."""
        self.data.mkdir(exist_ok=True)
        for table, columns in COLUMNS.items():
            with (self.data / f"{table}.csv").open("w", newline="") as out:
                writer = csv.DictWriter(out, columns.split(), restval="")
                writer.writeheader()
                writer.writerows(tables.get(table, []))

    def run(self, *, only: str | None = None, at: datetime = AT, memory: str = workshop.MEMORY) -> flow.Run:
        """Put it through the flow, or through one step of it."""
        return flow.run(
            asked=[flow.Asked(DECLARED, str(self.data))], room=self.room, clock=lambda: at, progress=lambda *_: None,
            publishing=flow.Publishing(memory=memory), only=only,
        )  # fmt: skip

    def standardised(self, *, at: datetime = AT) -> flow.Run:
        """Receive it and make its OMOP tables, without a mart."""
        self.run(only="receive", at=at)
        return self.run(only="standardise", at=at)

    def rows(self, table: str, order: str = "ALL") -> list[dict[str, Any]]:
        """The rows of a table of the release."""
        releases = self.room.releases
        with duckdb.connect() as con:
            releases.load(con, releases.made(), table, "asked")
            return con.sql(f"FROM asked ORDER BY {order}").to_arrow_table().to_pylist()

    def column(self, table: str, name: str) -> list[Any]:
        return [row[name] for row in self.rows(table)]

    def mart(self, table: str) -> list[dict[str, Any]]:
        file = self.folder / "home.marts" / "warehouse" / "current" / f"{table}.parquet"
        with duckdb.connect() as con:
            return con.sql(f"FROM '{file}'").to_arrow_table().to_pylist()


def patient(number: int, **more: Any) -> dict[str, Any]:
    return {"patient_id": number, "nom": "Roux", "prenom": "Ada", "date_naissance": "1985-09-21", "sexe": "f"} | more


def stay(number: int, who: int, **more: Any) -> dict[str, Any]:
    said = {"date_debut_sejour": "2024-01-10", "date_fin_sejour": "2024-01-12", "etablissement": "Hôpital Nord"}
    return {"pmsi_id": number, "patient_id": who} | said | more


def diagnosis(number: int, who: int, stay: int, code: str, **more: Any) -> dict[str, Any]:
    return {"diagnostic_id": number, "patient_id": who, "pmsi_id": stay, "code_diagnostic": code} | more
