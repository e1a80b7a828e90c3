"""Word lists of the notes' rules: titles, words that are no names though they have a capital, cities, hospitals, first names.

First names are those of Faker, of the countries whose names French hospitals see. Does not decide anything.
"""

from functools import cache
from typing import Any

from faker.providers.person import (
    ar_AA,
    ar_PS,
    de_DE,
    en_GB,
    en_US,
    es_ES,
    fr_BE,
    fr_CH,
    fr_DZ,
    fr_FR,
    fr_QC,
    hr_HR,
    hu_HU,
    it_IT,
    nl_NL,
    pl_PL,
    pt_PT,
    ro_RO,
    sv_SE,
    tr_TR,
    vi_VN,
    yo_NG,
    zh_CN,
    zu_ZA,
)  # fmt: skip

from .labels import folded

TITLES = frozenset(
    "dr docteur docteurs drs pr prof professeur professeurs m mm mr mme mmes mlle madame monsieur messieurs mesdames mademoiselle "
    "maitre me interne internes externe externes consoeur confrere soeur frere".split()
)
"""Words before a name, folded."""

SAYS_NAME = frozenset(
    "nom noms prenom prenoms patient patiente pt pte assure assuree prescripteur signataire redacteur medecin operateur "
    "chirurgien chirurgiens anesthesiste aide ide infirmiere referent correspondant destinataire redige signe valide vu "
    "messager partenaires partenaire pere mere fils fille epoux epouse mari femme neveu niece cousin cousine oncle tante voisin "
    "voisine conjoint conjointe ami amie compagnon compagne tuteur curateur gynecologues consultant nomme nommee prenomme prenommee appelle appelee surnomme famille soussigne soussignee praticien "
    "etudiant etudiante secretaire psychologue kinesitherapeute kine coordinateur coordinatrice assistante manipulateur diete dieteticienne".split()
)
"""Words before a name, with or without a colon, folded."""

PARTICLES = frozenset(
    "de du des la le les d l el al ben ibn bin abd abou van von der den da di do dos della st saint sainte mac mc".split()
)
"""Small words inside a name, folded."""

NO_NAMES = frozenset(
    """
    a absence absent acte actes activite activites addictologie adjoint adjoints adresse adresses age agee ags ains aide alat
    albumine allergie allergies allergologie alors ambulatoire amoxicilline analyse analyses anatomie ancien anesthesie
    angiographie annee annexe annexes antecedent antecedents anterieur antibiotherapie antibiotique ap aphp apres arret arrivee
    article articles arthrose asat aspect assistance assistant assistants assiste associe associes ateliers au aucun aucune augmentation auscultation
    aussi autre autres aux avant avc avec avenue avis avoir avril ans aout
    bacterie bassin batiment bien bilan bilans biologie biologique biologiste biopsie biopsies blood bonjour bon bonne bonnes
    boulevard bpco bras bref but
    c ca cabinet cadre car cardiaque cardio cardiologie cardiologue cause ce cedex cela celui centre centres cerebral ces cet cette cf ch
    chaque chef chefs cher chere chers chez chimiotherapie chirurgical chirurgicale chirurgie chirurgien chr chu cim circonstances cirrhose civil civile
    classe clinicien cliniciens clinique cliniques cm cnil code coeur colon comme commentaire compagnie compatible complement complementaire
    complication complications compte comptes comte conclusion conclusions conduite conference confidentiel confirme consultant consultante
    consultation consultations contact contacter contactez contexte controle coordonnees copie cordialement correspondance
    correspondances cou couleur courrier courriers coloscopie cp cr crane creatinine crp cro crh cycle cycles cytologie
    d dans date dates de debut decembre deces declaration decret defunt delai demande departement depuis depistage
    der dermatologie dernier derniere des deux devant diabete diagnosis diagnostic diagnostics diametre dimanche direction directeur directrice
    discussion dispositif docteur documents document documentation doit dont donc dosage dose doses dossier dossiers douleur douleurs
    droit droite du duree
    e ecg echo echographie edouble education eds efr egalement electrophorese elle elles elegant email en encadre enfant enfants endocrinologie endocrinienne enfin
    entre entree envoi equipe equipes es espagne est et etablissement etage etait etat ete etude etudes europe european euthyrox eva evolution evenement
    examen examens exploration explorations expert externe extraction
    f facteur facteurs fait fatigue fax femme fer ferritine fevrier fibroscopie fievre fiche file filiere fille fils fin finess fixe foie fois fonction fonctionnelle
    france frequence fracture
    g gamma gauche general generale generaliste gh ghu glycemie gout grade gros gr groupe groupes gynecologie
    h haut hb helas hematologie hepatologie hepatique heure heures hier histoire histologie historique hiv holter homme hopital hopitaux hospitalier hospitaliere
    hospitalisation hospitalise hospitalisee hta htap hospital healthcare http https hdj
    i ici id identification identifiant identite il ils image imagerie imc imp impression imprime inc indication indications infection infectiologie infirmier infirmiere
    information informations injection inj injections insuffisance inserm institut institutional instruction intensive intensifs intervention interpretation interne interrogatoire intitule
    ipp irm iv iii ii vi vii viii ix xi xii imprimerie
    j jambe janvier je jeudi jour jours journee juillet juin jusque jusqu jr
    l la laboratoire laboratoires lactates lait lambda langue laquelle laser lavage le leger lequel les lesion lesions leucocytes leukemia leur leurs ldh lieu
    ligne liste lit loi lors lorsque lui lumiere lundi lymphome lymphoblastic lycee
    m ma mademoiselle madame mai mail mails maintenant mais maison mal maladie maladies mardi mars mas masc masculin masse matin maternite me medecin medecine medecins medical medicale
    medicament medicaments medicaux meilleure meme mercredi merci mere mesure mesures methode methodes methods mg microbiologie mise ml mm mme mobile mode modele mois moins moment mon monsieur morphologie
    motif moyen moyenne mr mri mesdames messieurs medecine medicine meeting monitoring mrs
    n ne nda nee neurologie neurologue neuropsychologie neurochirurgie neonatologie nephrologie nephropathie niveau nir nom nombre non normal normale normaux nos note notes notre nous nouveau nouvelle novembre np nss nuit numero
    o objectif objet observation observations octobre oeil oncologie oncologique ongle ont ophtalmologie or oral orale ordonnance ordonnances organisation orl orthopedie orthopedique ortho otologie otite ou oui
    p pa page pages par parametre parametres parce parents parmi partenaires partie pas passe pathologie pathologies pathologique patient patiente patients patientes pavillon pays peau pediatrie pendant pere perfusion periode permanence personnel petit peu peut
    ph phase phc pharmacie pharmacien phosphore physique pied piece placement plaie plan planifier plaquettes plastie plus pneumo pneumologie po poids point police port position positif possible post pour pourquoi poumon poursuite pouvez
    pr premier premiere prelevement prelevements prenom prescription prescriptions presence present presentes pression prevention prevoir primary prise probleme procedure prochain prochaine prochains professeur profession programme projet propose protocole protheses prothese provenance
    prothesiste psychiatrie psychologue psychologie public publication publics publique puis pv
    q qd qualite quand quant quatre que quel quelle question questions qui quoi
    r radio radiographie radiologie radiologue radiotherapie raison raisons rapport rapports rappel ras rcp rdv rdvs reanimation rea rechute recherche recidive recapitulatif recommendations recommandations recto
    redige reduction reeducation reference referent references refus region region regime rein rendez renouvellement renseignement renseignements reponse reprise resident residence responsable resultat resultats resume retour retrouve reunion
    rhumatologie rien risque rue rpps rythme
    s sa samedi samu sang sans sante satisfaction satisfactions sauf score scanner se secretaire secretariat section securite sein selon semaine semaines senologie sept septembre ser serait seront serologie service services ses sexe si sida siege signature signalement signe signes
    simple site situation six social sociale soin soins soir sol son sont sortie soulagement source sous specialist specialiste stade staff stage standard standing statut stent stylo sud suite suivi sur surveillance symptomes symptome syndrome systeme svc
    t ta table tabac tableau taille tdm technique tel telephone temperature temps tension test tests tete therapie thorax thrombose tissu total totale toujours tous tout toute toutes toux traitement traitements tranche transfert transfusion transmis trauma traumatologie travail trimestre trois
    trouble troubles tsh tumeur tumorale type traumatisme tres trachea
    u un une unite unites universite universitaire university urgence urgences uro urologie urine urines uterus uh usld ussr unimed usc usic
    v valeur valeurs valide validation valve vasculaire veine vendredi ventilation ventriculaires vers version verso vessie veuillez vie view vih viscerale visite visites vitamine vivant voici voie voir vol volume vos votre vous vu vue vs version virologie
    w www walks working
    x y
    z zone
    ablation activated along chateau child children cher committee data development disease edition federal first for from group health international london management med medical online on behalf panel recommendations state states the title trial unit united with without
    adalimumab infliximab ustekinumab ibrutinib metoclopramide paracetamol doliprane stelara humira desmodium ignatia prednisol lucentis nifurtimox gadolinium kardegic lovenox augmentin levothyrox
    ains avk aod ecbu nfs vgm hba1c ggt pal inr tp tca bnp ct pet tep pcr adn arn dmo adp bk lcr lba eeg emg etf etp etu tte ett eto
    jefferson device devices monochannel singleday
    """.split()
)
"""Ordinary words, folded, that begin a sentence or a heading with a capital: alone, they make no name."""

CITIES = (
    "aix-en-provence ajaccio albi alencon amiens angers angouleme annecy antibes argenteuil arras asnieres-sur-seine aubervilliers aulnay-sous-bois auxerre "
    "avignon bastia bayonne beauvais belfort besancon beziers blois bobigny bordeaux boulogne-billancourt boulogne bourges brest caen calais cannes cayenne "
    "cergy-pontoise cergy chalon-sur-saone chambery champigny-sur-marne charleville-mezieres chartres chateauroux cherbourg cholet clamart clermont-ferrand clichy colmar "
    "colombes compiegne corbeil-essonnes courbevoie creteil dijon drancy dunkerque evreux evry fontenay-sous-bois garches grenoble ivry-sur-seine issy-les-moulineaux "
    "la-rochelle la-roche-sur-yon laval le-havre le-mans levallois-perret lille limoges lorient lyon marseille maubeuge meaux melun metz montauban montbeliard montluconn "
    "montpellier montreuil mulhouse nancy nanterre nantes narbonne neuilly-sur-seine nevers nice nimes niort noisy-le-grand orleans paris pau perigueux perpignan "
    "pessac poitiers pontoise quimper reims rennes roanne roubaix rouen rueil-malmaison saint-denis saint-etienne saint-malo saint-nazaire saint-ouen saint-quentin "
    "sarcelles sevran strasbourg suresnes tarbes thionville toulon toulouse tourcoing tours troyes valence valenciennes vannes versailles villejuif villeneuve-saint-georges "
    "villeurbanne vincennes vitry-sur-seine fort-de-france pointe-a-pitre berlin bruxelles londres madrid rome geneve lausanne alger tunis rabat casablanca dakar"
).split()
"""The large cities of France and some of abroad, folded; blanks may stand for hyphens."""

HOSPITALS = (
    "adelaide-hautval albert-chenevier ambroise-pare antoine-beclere armand-trousseau avicenne beaujon bicetre bichat bichat-claude-bernard bretonneau "
    "broca charles-foix charles-richet claude-bernard cochin corentin-celton emile-roux europeen-georges-pompidou fernand-widal georges-clemenceau georges-pompidou hegp "
    "henri-mondor h-mondor hotel-dieu jean-verdier joffre-dupuytren kremlin-bicetre la-collegialite la-rochefoucauld la-roche-guyon lariboisiere louis-mourier mondor necker "
    "necker-enfants-malades paul-brousse paul-doumer pitie-salpetriere pitie salpetriere raymond-poincare rene-muret robert-debre rothschild saint-antoine "
    "saint-louis st-louis st-antoine sainte-perine san-salvadour tenon trousseau vaugirard villemin gustave-roussy curie leon-berard foch saint-joseph saint-anne sainte-anne "
    "pellegrin purpan rangueil la-timone timone la-conception edouard-herriot croix-rousse pontchaillou haut-leveque brabois hautepierre quinze-vingts val-de-grace"
).split()
"""Hospitals of AP-HP and the best known of France, folded; blanks or dots may stand for hyphens."""

_COUNTRIES: tuple[Any, ...] = (
    fr_FR, fr_BE, fr_CH, fr_QC, fr_DZ, ar_AA, ar_PS, en_US, en_GB, es_ES, it_IT, de_DE, pt_PT, pl_PL, ro_RO, nl_NL, tr_TR, hr_HR,
    zh_CN, vi_VN, sv_SE, hu_HU, yo_NG, zu_ZA,
)  # fmt: skip
_LISTS = ("first_names", "first_names_male", "first_names_female")


def _names_of(country: Any, *lists: str) -> set[str]:
    return {name for every in lists for name in (getattr(country.Provider, every, None) or ())}


@cache
def first_names() -> frozenset[str]:
    """Given names, folded, each part of a double one by itself; no word that is ordinary French."""
    every = {part for country in _COUNTRIES for name in _names_of(country, *_LISTS) for part in folded(name).split("-")}
    return frozenset(name for name in every if len(name) > 2 and name.isalpha()) - NO_NAMES - TITLES - PARTICLES


@cache
def last_names() -> frozenset[str]:
    """Names of families of France, folded: some are ordinary words too."""
    return frozenset(folded(name) for name in _names_of(fr_FR, "last_names") | _names_of(fr_BE, "last_names")) - PARTICLES


@cache
def french_names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """First names and last names of France, sorted: what surrogates are drawn from."""
    return tuple(sorted(_names_of(fr_FR, *_LISTS))), tuple(sorted(_names_of(fr_FR, "last_names")))
