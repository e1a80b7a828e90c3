"""Words from which the demo's texts are made: names of nobody, things, places, moods.

Holds banks of words. Does not hold how they are put together (texts, beside).
"""

from typing import Final

FIRST_NAMES: Final = tuple(
    "Aïcha Adèle Alban Alix Ambre Anatole Anouk Ariane Basile Blanche Camille Célestin Clémence Coline Côme Dalila Diane "
    "Éliott Élise Émile Esther Fanta Faustine Félix Flora Gaspard Hawa Héloïse Honoré Idriss Ilyès Irène Jade Joachim Judith "
    "Kenza Lazare Léonie Lila Lino Louison Lucien Maëlle Mahaut Malika Marius Mathilde Maud Nadir Naïma Noé Octave Odile Oumar "
    "Paloma Perrine Quentin Rachida Rémi Romane Rose Sacha Salomé Samba Selma Siméon Solène Suzanne Taos Théodore Tiphaine "
    "Ulysse Valentine Violette Wassim Yanis Yuna Zacharie Zélie".split()
)
LAST_NAMES: Final = tuple(
    "Aubrenac Balvoisin Bergerolle Brévanne Calmière Castelnoé Chantrelin Corvalan Darcibel Delvoisin Ducastrel Érouville "
    "Falguerac Ferrandou Fontbrune Gavrenel Granvaud Guilleroy Hautrive Jolivard Kerbrazan Kermorvel Lachanterie Lagarenne "
    "Lestrenac Lormeraie Malvezin Marquenterre Mazurelle Monteclair Morvillac Nantérac Ollierand Ostrelle Pérouzel Plessival "
    "Quélennou Rabastenne Ravenelle Rochebrel Rouvignac Saintorens Salvagnat Sarrazelle Taillefond Tarnaudel Thibaudière "
    "Tournavel Trégastan Valsenac Varengelle Vernoisel Villargoix Ystrelac Zamoris Benslimani Diarraté Okonjé Ramdanel Tavakoli "
    "Nguyendal Soumaréla Haddadou Lopezano".split()
)

# Things with their article; the genitive and gender follow from it.
THINGS: Final = tuple(
    "la marée|le phare|la frontière|l’orage|la verrière|le verger|la forge|le tramway|la neige|la colline|le silence|la rivière|"
    "l’atelier|le cadastre|la gare|l’hiver|le pommier|la ruelle|les hirondelles|les cerfs|la fabrique|le brouillard|la lisière|"
    "les lucioles|l’estuaire|la braise|le refuge|la ligne 7|le terril|la grève|les sources|le carrousel|la serre|le pensionnat|"
    "l’équinoxe|les cendres|la dernière séance|le veilleur|la passerelle|la mer intérieure|les géants|le sel|la chambre claire|"
    "les absents|le bal|la fugue|l’archipel|le jardin d’en face|la nuit blanche|les vagues|le vertige|la boussole".split("|")
)
OF_WHAT: Final = tuple(
    "de papier|de juillet|sans retour|du dimanche|en apnée|de personne|au bord du monde|de sept heures|à voix basse|d’argile|"
    "sous la ville|des autres|de Belleroche|en hiver|du onzième étage|de contrebande|d’Ardolène|à contre-courant|de verre|"
    "de novembre|à peine|des faubourgs|en plein jour|de la rue Haute|sans bagages|d’après-demain|de ma mère|du grand large".split("|")
)
READY_TITLES: Final = tuple(
    "Tout ce qui brûle encore|On ira voir la mer|Mon frère et les oiseaux|Trois fois rien|Demain, peut-être|Quand passent les grues|"
    "Personne n’a dormi|Ici commence la plage|Apprendre à tomber|Ce que savent les arbres|Je t’écris de Mars|Encore un été|"
    "Il faudra bien rentrer|Nos corps légers|Une heure de moins|Deux minutes d’avance|Comment disparaître en ville|Bruit blanc|"
    "Sept cent mille pas|Le prochain qui chante|À la fin du monde, tournez à gauche|Aucun de nous|Petites colères|Contre la montre|"
    "L’année où tout a poussé|Presque adultes|Hors saison|Le contraire du vide|Mille façons de dire non|Rien que la pluie".split("|")
)
BANDS: Final = tuple(
    "Grand Couloir|Les Ombrelles|Nuit Tropicale|Saule Pleureur Club|Ardoise|Mobylette|Trio Valsenac|Phosphore|Les Filles du Canal|"
    "Soleil Noir Orchestra|Kérosène|Brume Collective|Tante Huguette|Radio Minuit|Ensemble Ostrelle|DJ Papaye|Cargo Bleu|Maison Vide|"
    "Les Cousins de Bamako|Plein Phare|Quatuor Hautrive|Mauve|La Fanfare des Quais|Sable Chaud|Électron Libre|Chœur des Faubourgs|"
    "Patience|Bleu Pétrole|Les Années-lumière|Sirocco Sound|Terminus Nord|Lune & l’Autre|Orchestre de Poche|Zinc|Néon Rivage".split("|")
)
MUSIC: Final = (
    ("rock", "guitares nerveuses et refrains à reprendre en chœur"), ("jazz", "une rythmique souple et de longs solos de saxophone"),
    ("rap", "des textes ciselés sur des boucles de soul"), ("électro", "des nappes profondes et une basse qui cogne"),
    ("folk", "deux voix, un banjo et beaucoup d’espace"), ("chanson", "des histoires de gares, d’amis et de dimanches"),
    ("afrobeat", "des cuivres serrés et un groove qui ne s’arrête pas"), ("classique", "du baroque aux créations d’aujourd’hui"),
    ("musiques du monde", "le oud, la kora et les chants de plusieurs rives"), ("metal", "des riffs lourds, une batterie qui galope"),
    ("pop", "des mélodies lumineuses et des synthés vintage"), ("reggae", "une basse ronde et des mots de paix"),
)  # fmt: skip
STREETS: Final = tuple(
    "rue des Halles|place du Marché|rue de la République|quai des Tanneurs|rue Haute|boulevard du Nord|rue de l’Horloge|place des Arts|"
    "rue du Théâtre|avenue de la Gare|rue des Tisserands|impasse du Moulin|rue Neuve|cours des Platanes|rue des Écoles|"
    "place de l’Hôtel-de-Ville|rue du Port|rue de la Fontaine|allée des Tilleuls|rue des Forges".split("|")
)
LIGHT: Final = tuple("drôle|tendre|nerveux|lumineux|étrange|généreux|mordant|mélancolique|palpitant|sensible|audacieux|joyeux".split("|"))
READERS: Final = tuple(
    "à lire d’une traite|à offrir à sa meilleure amie|pour les soirs de pluie|dès 14 ans|pour qui aime les longs trajets en train|"
    "idéal pour se remettre à lire|à lire avant d’en parler en classe|pour les amateurs d’énigmes".split("|")
)
