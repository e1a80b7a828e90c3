"""The demo's vocabulary: concepts in French with what is above them, and what goes with what.

Labels are ours, after the CIM-10, CCAM, ATC and LOINC codes they bear. Prevalences are plausible, not published.
Does not draw anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

FIRST = 1_990_000_001
"""Below two billion, where OMOP has a site's own begin: the room takes this vocabulary as a folder of Athena's, whose numbers none
of these is."""

MALE, FEMALE = 8507, 8532
CONSULTATION, DAY_HOSPITAL, STAY, EMERGENCY = 9202, 8756, 9201, 9203
PRINCIPAL, ASSOCIATED = 32902, 32908

FIXED: tuple[tuple[int, str, str, str, str], ...] = (
    (MALE, "Homme", "Gender", "Gender", "M"),
    (FEMALE, "Femme", "Gender", "Gender", "F"),
    (STAY, "Hospitalisation complète", "Visit", "Visit", "HC"),
    (CONSULTATION, "Consultation", "Visit", "Visit", "CS"),
    (EMERGENCY, "Passage aux urgences", "Visit", "Visit", "URG"),
    (DAY_HOSPITAL, "Hôpital de jour", "Visit", "CMS Place of Service", "22"),
    (PRINCIPAL, "Diagnostic principal", "Condition Status", "Condition Status", "DP"),
    (ASSOCIATED, "Diagnostic associé", "Condition Status", "Condition Status", "DAS"),
    (0, "Sans concept", "Metadata", "None", "No matching concept"),
    (32817, "Dossier hospitalier", "Type Concept", "Type Concept", "EHR"),
    (32838, "Prescription hospitalière", "Type Concept", "Type Concept", "EHR prescription"),
    (57, "Lieu de soins", "Metadata", "Domain", "Care site"),
    (46233688, "Contient", "Relationship", "Relationship", "contains"),
)
"""Concepts whose numbers OMOP gives: id, name, domain, vocabulary, code."""


@dataclass(frozen=True)
class Word:
    """A concept: its code and label, the code above it."""

    code: str
    label: str
    above: str | None = None


@dataclass(frozen=True)
class Illness(Word):
    """Who gets it and how it is followed.

    `share`: of those of the age; `ages`: from and to, in years; `women`: how much oftener than men; `raised`: illnesses that
    raise it; `follow`: mean of further episodes and days between them; `types`: weights of consultation, day hospital, stay,
    emergency; `drugs`: (code, chance, days); `tests`: (code, chance, mean, deviation); `acts`: (code, chance).
    """

    share: float = 0.01
    ages: tuple[int, int] = (0, 110)
    women: float = 1.0
    raised: tuple[tuple[str, float], ...] = ()
    follow: tuple[float, int] = (1.0, 150)
    types: tuple[float, float, float, float] = (6, 1, 2, 1)
    service: str = "Médecine interne"
    deadly: float = 0.0
    drugs: tuple[tuple[str, float, int], ...] = ()
    tests: tuple[tuple[str, float, float, float], ...] = ()
    acts: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Test(Word):
    """A biological test: unit, usual values, decimals."""

    unit: str = ""
    low: float = 0
    high: float = 0
    decimals: int = 1
    usual: float = field(default=0.0)
    """The chance of one at any visit, whatever the illness."""


CHAPTERS = (
    Word("I", "Maladies infectieuses et parasitaires"),
    Word("II", "Tumeurs"),
    Word("IV", "Maladies endocriniennes, nutritionnelles et métaboliques"),
    Word("V", "Troubles mentaux et du comportement"),
    Word("VI", "Maladies du système nerveux"),
    Word("IX", "Maladies de l’appareil circulatoire"),
    Word("X", "Maladies de l’appareil respiratoire"),
    Word("XI", "Maladies de l’appareil digestif"),
    Word("XIII", "Maladies du système ostéo-articulaire"),
    Word("XIV", "Maladies de l’appareil génito-urinaire"),
    Word("XV", "Grossesse, accouchement et puerpéralité"),
    Word("XIX", "Lésions traumatiques"),
    Word("E10-E14", "Diabète sucré", "IV"),
    Word("I10-I15", "Maladies hypertensives", "IX"),
    Word("I20-I25", "Cardiopathies ischémiques", "IX"),
    Word("I60-I69", "Maladies cérébrovasculaires", "IX"),
    Word("J40-J47", "Maladies chroniques des voies respiratoires inférieures", "X"),
    Word("C00-C97", "Tumeurs malignes", "II"),
    Word("F30-F39", "Troubles de l’humeur", "V"),
)

_CHRONIC, _ACUTE, _CANCER = (8, 1, 1.5, 0.5), (2, 0.3, 4, 5), (3, 5, 3, 0.5)

ILLNESSES = (
    Illness("I10", "Hypertension essentielle", "I10-I15", share=0.30, ages=(35, 110), follow=(3, 160), types=_CHRONIC, service="Cardiologie",
            drugs=(("C09AA05", 0.45, 90), ("C08CA01", 0.35, 90)), tests=(("2160-0", 0.4, 88, 22),), acts=(("DEQP003", 0.4),)),
    Illness("E66", "Obésité", "IV", share=0.14, ages=(12, 90), women=1.2, follow=(1.5, 240), types=_CHRONIC, service="Endocrinologie",
            tests=(("39156-5", 0.9, 35, 4),), acts=(("HFMA010", 0.03),)),
    Illness("E11", "Diabète de type 2", "E10-E14", share=0.055, ages=(35, 110), women=0.85, raised=(("E66", 3.0), ("I10", 1.8)),
            follow=(5, 110), types=_CHRONIC, service="Endocrinologie",
            drugs=(("A10BA02", 0.62, 90), ("A10BK03", 0.16, 90), ("A10AE04", 0.14, 90)),
            tests=(("4548-4", 0.85, 7.6, 1.3), ("2345-7", 0.6, 9.1, 2.6), ("2160-0", 0.5, 92, 28), ("39156-5", 0.4, 31, 5)),
            acts=(("BGQP002", 0.18),)),
    Illness("E10", "Diabète de type 1", "E10-E14", share=0.006, ages=(4, 80), follow=(6, 100), types=_CHRONIC, service="Endocrinologie",
            drugs=(("A10AE04", 0.9, 90),), tests=(("4548-4", 0.9, 8.1, 1.4), ("2345-7", 0.7, 10.2, 3.4)), acts=(("BGQP002", 0.15),)),
    Illness("E78", "Hypercholestérolémie", "IV", share=0.16, ages=(35, 110), raised=(("E11", 1.8),), follow=(2, 200), types=_CHRONIC,
            service="Cardiologie", drugs=(("C10AA05", 0.6, 90),), tests=(("13457-7", 0.7, 3.9, 0.9),)),
    Illness("E03", "Hypothyroïdie", "IV", share=0.04, ages=(20, 110), women=5, follow=(2, 220), types=_CHRONIC, service="Endocrinologie",
            drugs=(("H03AA01", 0.85, 90),), tests=(("3016-3", 0.8, 4.4, 2.2),)),
    Illness("N18", "Maladie rénale chronique", "XIV", share=0.035, ages=(40, 110), raised=(("E11", 3.5), ("I10", 2.2)), follow=(4, 110),
            types=_CHRONIC, service="Néphrologie", deadly=0.10, tests=(("2160-0", 0.9, 188, 70), ("2823-3", 0.7, 4.9, 0.6)),
            acts=(("JVJF004", 0.12),)),
    Illness("I25", "Cardiopathie ischémique chronique", "I20-I25", share=0.05, ages=(45, 110), women=0.55, raised=(("I10", 2), ("E11", 2)),
            follow=(3, 150), types=_CHRONIC, service="Cardiologie", deadly=0.08,
            drugs=(("B01AC06", 0.7, 90), ("C07AB07", 0.5, 90), ("C10AA05", 0.6, 90)), acts=(("DEQP003", 0.7), ("DZQM006", 0.4))),
    Illness("I21", "Infarctus aigu du myocarde", "I20-I25", share=0.03, ages=(40, 110), women=0.5, raised=(("I25", 5), ("E11", 1.8)),
            follow=(0.2, 400), types=(0, 0, 6, 4), service="Cardiologie", deadly=0.14, drugs=(("B01AC06", 0.9, 90), ("C07AB07", 0.7, 90)),
            tests=(("10839-9", 0.95, 850, 500),), acts=(("DDAF006", 0.6), ("DEQP003", 0.9))),
    Illness("I50", "Insuffisance cardiaque", "IX", share=0.035, ages=(55, 110), raised=(("I25", 4), ("I21", 9), ("I10", 1.8)), follow=(3, 90),
            types=(4, 1, 4, 2), service="Cardiologie", deadly=0.22, drugs=(("C03CA01", 0.8, 60), ("C07AB07", 0.5, 90)),
            tests=(("33762-6", 0.85, 2600, 1500), ("2823-3", 0.6, 4.5, 0.5)), acts=(("DZQM006", 0.7),)),
    Illness("I48", "Fibrillation auriculaire", "IX", share=0.035, ages=(55, 110), raised=(("I50", 3), ("I10", 1.6)), follow=(2.5, 140),
            types=(6, 1, 2, 2), service="Cardiologie", deadly=0.06, drugs=(("B01AF02", 0.65, 90), ("C07AB07", 0.5, 90)), acts=(("DEQP003", 0.8),)),
    Illness("I63", "Infarctus cérébral", "I60-I69", share=0.014, ages=(45, 110), raised=(("I48", 4), ("I10", 1.8)), follow=(1, 90),
            types=(1, 0, 6, 3), service="Neurologie", deadly=0.16, drugs=(("B01AC06", 0.7, 90),), acts=(("ACQN001", 0.8), ("ACQH003", 0.6))),
    Illness("J45", "Asthme", "J40-J47", share=0.055, ages=(2, 90), follow=(2, 170), types=(6, 0.5, 1, 2.5), service="Pneumologie",
            drugs=(("R03AC02", 0.7, 30), ("R03AK07", 0.4, 90)), acts=(("GLQP012", 0.4),)),
    Illness("J44", "Bronchopneumopathie chronique obstructive", "J40-J47", share=0.04, ages=(45, 110), women=0.7, follow=(3, 120),
            types=(5, 1, 3, 2), service="Pneumologie", deadly=0.13, drugs=(("R03BB04", 0.6, 90), ("R03AC02", 0.5, 30)), acts=(("GLQP012", 0.5),)),
    Illness("J18", "Pneumopathie infectieuse", "X", share=0.05, follow=(0.3, 300), types=_ACUTE, service="Pneumologie", deadly=0.05,
            drugs=(("J01CA04", 0.75, 8),), tests=(("1988-5", 0.9, 120, 60),), acts=(("ZBQK002", 0.9),)),
    Illness("C50", "Tumeur maligne du sein", "C00-C97", share=0.022, ages=(35, 100), women=60, follow=(7, 45), types=_CANCER,
            service="Oncologie", deadly=0.15, drugs=(("L01CD01", 0.25, 21), ("L02BA01", 0.4, 90)), tests=(("718-7", 0.5, 11.8, 1.4),),
            acts=(("QEFA003", 0.15), ("QEQK004", 0.5))),
    Illness("C34", "Tumeur maligne des bronches et du poumon", "C00-C97", share=0.010, ages=(45, 95), women=0.6, raised=(("J44", 4),),
            follow=(7, 35), types=_CANCER, service="Oncologie", deadly=0.55, drugs=(("L01XA02", 0.3, 21), ("L01FF02", 0.3, 21)),
            tests=(("718-7", 0.6, 11.2, 1.5),), acts=(("ZBQK002", 0.4),)),
    Illness("C61", "Tumeur maligne de la prostate", "C00-C97", share=0.02, ages=(50, 105), women=0.0, follow=(4, 90), types=_CANCER,
            service="Oncologie", deadly=0.12, tests=(("2857-1", 0.9, 14, 9),), acts=(("JGFC001", 0.12),)),
    Illness("C18", "Tumeur maligne du côlon", "C00-C97", share=0.012, ages=(45, 105), follow=(6, 40), types=_CANCER, service="Oncologie",
            deadly=0.3, drugs=(("L01XA03", 0.35, 14),), tests=(("718-7", 0.6, 11, 1.6),), acts=(("HHQE002", 0.4), ("HHFA018", 0.2))),
    Illness("K80", "Lithiase biliaire", "XI", share=0.025, ages=(20, 100), women=1.8, raised=(("E66", 2),), follow=(0.6, 60), types=(3, 0.5, 4, 3),
            service="Chirurgie digestive", acts=(("HMFC004", 0.45),), tests=(("1988-5", 0.4, 60, 40),)),
    Illness("K35", "Appendicite aiguë", "XI", share=0.012, ages=(5, 60), follow=(0.1, 20), types=(0, 0, 4, 6), service="Chirurgie digestive",
            tests=(("1988-5", 0.9, 95, 50),), acts=(("HHFA011", 0.7),)),
    Illness("K21", "Reflux gastro-œsophagien", "XI", share=0.06, ages=(18, 110), follow=(1, 260), types=_CHRONIC, service="Médecine interne",
            drugs=(("A02BC01", 0.8, 28),), acts=(("HEQE002", 0.12),)),
    Illness("F32", "Épisode dépressif", "F30-F39", share=0.07, ages=(14, 100), women=1.8, follow=(2.5, 70), types=(8, 1, 1, 1),
            service="Psychiatrie", drugs=(("N06AB10", 0.6, 60),)),
    Illness("F41", "Troubles anxieux", "V", share=0.06, ages=(12, 95), women=1.7, follow=(1.5, 110), types=(8, 0.5, 0.5, 1.5), service="Psychiatrie",
            drugs=(("N05BA04", 0.4, 20),)),
    Illness("G40", "Épilepsie", "VI", share=0.012, ages=(1, 100), follow=(3, 150), types=(6, 0.5, 2, 2), service="Neurologie",
            drugs=(("N03AX14", 0.7, 90),), acts=(("AAQP007", 0.5),)),
    Illness("G43", "Migraine", "VI", share=0.05, ages=(12, 70), women=2.4, follow=(1.2, 200), types=(8, 0.3, 0.3, 1.5), service="Neurologie"),
    Illness("G20", "Maladie de Parkinson", "VI", share=0.012, ages=(55, 110), women=0.7, follow=(4, 140), types=_CHRONIC, service="Neurologie",
            deadly=0.08, drugs=(("N04BA02", 0.85, 90),)),
    Illness("M17", "Gonarthrose", "XIII", share=0.08, ages=(50, 110), women=1.5, raised=(("E66", 1.9),), follow=(1.5, 170), types=(8, 0.5, 1.5, 0.3),
            service="Chirurgie orthopédique", drugs=(("N02BE01", 0.6, 30),), acts=(("NFKA007", 0.12),)),
    Illness("M54", "Dorsalgie", "XIII", share=0.12, ages=(18, 95), follow=(1, 120), types=(7, 0.3, 0.5, 3), service="Urgences",
            drugs=(("N02BE01", 0.7, 15), ("M01AE01", 0.4, 7))),
    Illness("S72", "Fracture du fémur", "XIX", share=0.012, ages=(60, 110), women=1.9, follow=(1, 60), types=(1, 0, 5, 4),
            service="Chirurgie orthopédique", deadly=0.12, drugs=(("B01AB05", 0.8, 30),), tests=(("718-7", 0.9, 10.8, 1.4),), acts=(("NBCA010", 0.7),)),
    Illness("S52", "Fracture de l’avant-bras", "XIX", share=0.02, follow=(1, 30), types=(3, 0, 1, 6), service="Urgences",
            drugs=(("N02BE01", 0.8, 10),), acts=(("MCEP001", 0.5),)),
    Illness("N39", "Infection des voies urinaires", "XIV", share=0.06, women=3.5, ages=(1, 110), follow=(0.5, 200), types=(3, 0.2, 1.5, 4),
            service="Urgences", drugs=(("J01XX01", 0.5, 1), ("J01CA04", 0.2, 7)), tests=(("1988-5", 0.5, 45, 35),)),
    Illness("A41", "Septicémie", "I", share=0.012, ages=(0, 110), raised=(("N18", 2),), follow=(0.1, 200), types=(0, 0, 7, 3),
            service="Médecine interne", deadly=0.28, drugs=(("J01DD04", 0.8, 10),), tests=(("1988-5", 0.95, 190, 70), ("718-7", 0.8, 11.2, 1.6)),
            acts=(("ZBQK002", 0.6),)),
    Illness("O80", "Accouchement unique et spontané", "XV", share=0.10, ages=(18, 45), women=1000, follow=(0.5, 900), types=(0, 0, 1, 0),
            service="Maternité", tests=(("718-7", 0.9, 11.4, 1.2),), acts=(("JQGD010", 0.85),)),
    Illness("O24", "Diabète sucré au cours de la grossesse", "XV", share=0.015, ages=(20, 45), women=1000, raised=(("E66", 3), ("O80", 4)),
            follow=(3, 25), types=(6, 2, 1, 0.2), service="Maternité", tests=(("2345-7", 0.9, 5.9, 0.8),)),
)  # fmt: skip

ACTS = (
    Word("CARDIO", "Actes sur l’appareil circulatoire"), Word("NEURO", "Actes sur le système nerveux"),
    Word("DIGEST", "Actes sur l’appareil digestif"), Word("MOTEUR", "Actes sur l’appareil ostéo-articulaire"),
    Word("IMAGERIE", "Imagerie et exploration"), Word("GYNECO", "Actes gynécologiques et obstétricaux"), Word("URO", "Actes sur l’appareil urinaire"),
    Word("DEQP003", "Électrocardiogramme, au moins 12 dérivations", "CARDIO"), Word("DZQM006", "Échocardiographie transthoracique", "CARDIO"),
    Word("DDAF006", "Dilatation d’une artère coronaire avec endoprothèse", "CARDIO"),
    Word("ACQN001", "IRM de l’encéphale", "NEURO"), Word("ACQH003", "Scanner du crâne avec injection", "NEURO"),
    Word("AAQP007", "Électroencéphalogramme", "NEURO"), Word("HMFC004", "Cholécystectomie par cœlioscopie", "DIGEST"),
    Word("HHFA011", "Appendicectomie", "DIGEST"), Word("HHQE002", "Coloscopie totale", "DIGEST"), Word("HHFA018", "Colectomie droite", "DIGEST"),
    Word("HEQE002", "Endoscopie œso-gastro-duodénale", "DIGEST"), Word("HFMA010", "Court-circuit gastrique", "DIGEST"),
    Word("NFKA007", "Prothèse totale du genou", "MOTEUR"), Word("NBCA010", "Ostéosynthèse du fémur", "MOTEUR"),
    Word("MCEP001", "Réduction d’une fracture de l’avant-bras", "MOTEUR"), Word("ZBQK002", "Radiographie du thorax", "IMAGERIE"),
    Word("GLQP012", "Exploration fonctionnelle respiratoire", "IMAGERIE"), Word("BGQP002", "Examen du fond d’œil", "IMAGERIE"),
    Word("QEQK004", "Mammographie", "IMAGERIE"), Word("QEFA003", "Tumorectomie du sein", "GYNECO"), Word("JQGD010", "Accouchement par voie basse", "GYNECO"),
    Word("JVJF004", "Séance d’hémodialyse", "URO"), Word("JGFC001", "Prostatectomie totale", "URO"),
)  # fmt: skip

DRUGS = (
    Word("A", "Voies digestives et métabolisme"), Word("A10", "Médicaments du diabète", "A"), Word("A10A", "Insulines et analogues", "A10"),
    Word("A10B", "Antidiabétiques hors insulines", "A10"), Word("B01", "Antithrombotiques"), Word("C", "Système cardiovasculaire"),
    Word("J01", "Antibactériens à usage systémique"), Word("L01", "Antinéoplasiques"), Word("N", "Système nerveux"), Word("R03", "Syndromes obstructifs respiratoires"),
    Word("A10BA02", "Metformine", "A10B"), Word("A10BK03", "Empagliflozine", "A10B"), Word("A10AE04", "Insuline glargine", "A10A"),
    Word("A02BC01", "Oméprazole", "A"), Word("B01AC06", "Acide acétylsalicylique (antiagrégant)", "B01"), Word("B01AF02", "Apixaban", "B01"),
    Word("B01AB05", "Énoxaparine", "B01"), Word("C09AA05", "Ramipril", "C"), Word("C08CA01", "Amlodipine", "C"), Word("C07AB07", "Bisoprolol", "C"),
    Word("C03CA01", "Furosémide", "C"), Word("C10AA05", "Atorvastatine", "C"), Word("H03AA01", "Lévothyroxine"), Word("J01CA04", "Amoxicilline", "J01"),
    Word("J01DD04", "Ceftriaxone", "J01"), Word("J01XX01", "Fosfomycine", "J01"), Word("L01CD01", "Paclitaxel", "L01"), Word("L01XA02", "Carboplatine", "L01"),
    Word("L01XA03", "Oxaliplatine", "L01"), Word("L01FF02", "Pembrolizumab", "L01"), Word("L02BA01", "Tamoxifène"), Word("M01AE01", "Ibuprofène"),
    Word("N02BE01", "Paracétamol", "N"), Word("N03AX14", "Lévétiracétam", "N"), Word("N04BA02", "Lévodopa", "N"), Word("N05BA04", "Oxazépam", "N"),
    Word("N06AB10", "Escitalopram", "N"), Word("R03AC02", "Salbutamol", "R03"), Word("R03AK07", "Formotérol et budésonide", "R03"), Word("R03BB04", "Tiotropium", "R03"),
)  # fmt: skip

TESTS = (
    Word("BIOCHIMIE", "Biochimie"),
    Word("HEMATO", "Hématologie"),
    Word("HORMONO", "Hormonologie et marqueurs"),
    Word("MESURES", "Mesures cliniques"),
    Test("4548-4", "Hémoglobine glyquée (HbA1c)", "BIOCHIMIE", unit="%", low=4, high=6),
    Test("2345-7", "Glycémie", "BIOCHIMIE", unit="mmol/L", low=3.9, high=6.1, usual=0.08),
    Test("2160-0", "Créatinine", "BIOCHIMIE", unit="µmol/L", low=50, high=110, decimals=0, usual=0.18),
    Test("2823-3", "Potassium", "BIOCHIMIE", unit="mmol/L", low=3.5, high=5.1, usual=0.15),
    Test("13457-7", "Cholestérol LDL", "BIOCHIMIE", unit="mmol/L", low=1.5, high=3.4, decimals=2),
    Test("1988-5", "Protéine C réactive", "BIOCHIMIE", unit="mg/L", low=0, high=5, decimals=0, usual=0.12),
    Test("718-7", "Hémoglobine", "HEMATO", unit="g/dL", low=12, high=16, usual=0.2),
    Test("3016-3", "Thyréostimuline (TSH)", "HORMONO", unit="mUI/L", low=0.4, high=4, decimals=2),
    Test("10839-9", "Troponine I", "HORMONO", unit="ng/L", low=0, high=20, decimals=0),
    Test("33762-6", "NT-proBNP", "HORMONO", unit="ng/L", low=0, high=300, decimals=0),
    Test("2857-1", "Antigène spécifique de la prostate (PSA)", "HORMONO", unit="µg/L", low=0, high=4),
    Test("39156-5", "Indice de masse corporelle", "MESURES", unit="kg/m²", low=18.5, high=25, usual=0.06),
)

UNITS = tuple(dict.fromkeys(test.unit for test in TESTS if isinstance(test, Test)))

UCUM = {"µmol/L": "umol/L", "µg/L": "ug/L", "mUI/L": "m[iU]/L", "kg/m²": "kg/m2"}
"""How units are written in UCUM, where it is not as people write them."""

GROUPS: tuple[tuple[str, str, tuple[Word, ...]], ...] = (
    ("Condition", "CIM10", (*CHAPTERS, *ILLNESSES)),
    ("Procedure", "CCAM", ACTS),
    ("Drug", "ATC", DRUGS),
    ("Measurement", "LOINC", TESTS),
    ("Unit", "UCUM", tuple(Word(UCUM.get(unit, unit), unit) for unit in UNITS)),
)
"""Every word of ours, by OMOP domain and vocabulary."""

IDS: Mapping[tuple[str, str], int] = MappingProxyType(
    {key: FIRST + n for n, key in enumerate((domain, word.code) for domain, _, words in GROUPS for word in words)}
)
"""Concept ids, by domain and code."""
