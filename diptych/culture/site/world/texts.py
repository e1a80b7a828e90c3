"""Sentences of the demo's world, put together from words: titles, descriptions, names of venues.

Pure: the same chance gives the same text. Holds the grammar (articles, genitives, French spaces).
"""

import re
from random import Random
from typing import Final

from .words import BANDS, FIRST_NAMES, LAST_NAMES, LIGHT, MUSIC, OF_WHAT, READERS, READY_TITLES, THINGS

_SPACES: Final = ((re.compile(r" ([;!?])"), "\u202f\\1"), (re.compile(r" :"), "\u00a0:"), (re.compile("« "), "«\u00a0"),
                  (re.compile(" »"), "\u00a0»"), (re.compile(r"(\d) (?=€|(?:h|min|ans)\b)"), "\\1\u00a0"))  # fmt: skip


def french(text: str) -> str:
    """The text with the non-breaking spaces of French typography, and its apostrophes."""
    for pattern, by in _SPACES:
        text = pattern.sub(by, text)
    return text.replace("'", "’")


def of(thing: str) -> str:
    """The genitive of a thing with its article: « le phare » gives « du phare »."""
    for article, genitive in (("le ", "du "), ("les ", "des ")):
        if thing.startswith(article):
            return genitive + thing.removeprefix(article)
    return f"de {thing}"


def upper(text: str) -> str:
    """The text with a capital first."""
    return text[:1].upper() + text[1:]


def someone(chance: Random) -> str:
    """The name of nobody."""
    return f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}"


def title(chance: Random) -> str:
    """A title for a book, a film or a play."""
    thing, other = chance.sample(THINGS, 2)
    shape = chance.random()
    if shape < 0.3:
        return chance.choice(READY_TITLES)
    if shape < 0.62:
        return f"{upper(thing)} {chance.choice(OF_WHAT)}"
    if shape < 0.82:
        return f"{upper(thing)} et {other}"
    return french(f"{upper(of(thing))} à {other}") if shape > 0.95 else f"{upper(thing)} {of(other)}"


def _story(chance: Random) -> str:
    "Somebody, something happens."
    who = chance.choice((
        f"{chance.choice(FIRST_NAMES)}, dix-sept ans,", "Une apprentie mécanicienne", "Un gardien de nuit", f"{chance.choice(FIRST_NAMES)} et son grand-père",
        "Une bande de collégiens", "Une géomètre de retour au pays", "Un traducteur insomniaque", "Deux sœurs que tout oppose",
        f"La jeune {chance.choice(FIRST_NAMES)}", "Un livreur à vélo", "Une fille de bateliers", "Un vieux projectionniste",
    ))  # fmt: skip
    what = chance.choice((
        "découvre une lettre cachée sous un plancher", "décide de traverser le pays à pied", "doit choisir entre partir et rester",
        "hérite d’une maison dont personne ne veut parler", "monte un orchestre dans une usine fermée", "se met à rêver les souvenirs des autres",
        "cherche qui a volé la cloche du village", "apprend la langue des signes pour parler à une voisine", "refuse de vendre le verger familial",
        "embarque sur un cargo sans savoir où il va", "tombe en panne la veille du concours", "retrouve un film oublié",
    ))  # fmt: skip
    then = chance.choice((
        "Et rien ne se passe comme prévu.", "L’été sera plus long que les autres.", "Il reste trois jours.", "Tout le quartier s’en mêle.",
        "À la fin, on voudrait recommencer.", "Sauf que quelqu’un les suit.", "C’est là que l’histoire commence.", "On rit beaucoup, on pleure un peu.",
    ))  # fmt: skip
    return f"{who} {what}. {then}"


def book(chance: Random, kind: str) -> str:
    """What a bookseller writes of a book."""
    praise = chance.choice((
        f"{upper(kind)} {chance.choice(LIGHT)}, {chance.choice(READERS)}.", f"Un texte {chance.choice(LIGHT)} et {chance.choice(LIGHT)}.",
        f"Notre coup de cœur de la saison : {chance.choice(READERS)}.", "On l’a lu, on l’a prêté, on l’a racheté.",
    ))  # fmt: skip
    return french(f"{_story(chance)} {praise} À retirer en librairie avec ton code.")


def film(chance: Random, minutes: int) -> str:
    """What a cinema writes of a film."""
    more = chance.choice((
        "En version originale sous-titrée le soir.", "Prix du public au festival d’Ardolène.", "Séance suivie d’un échange avec la salle le vendredi.",
        "Copie restaurée.", "Avant-programme : un court métrage d’élèves.", "Audiodescription disponible.", "Premier long métrage.",
    ))  # fmt: skip
    return french(f"{_story(chance)} Un film {chance.choice(LIGHT)}, {minutes // 60} h {minutes % 60:02d}. {more}")


def band(chance: Random) -> str:
    """A band, or a musician."""
    return chance.choice(BANDS) if chance.random() < 0.7 else someone(chance)


def concert(chance: Random, style: int) -> str:
    """What a hall writes of a concert."""
    name, sound = MUSIC[style]
    start = chance.choice((
        f"Une soirée {name} : {sound}.", f"{upper(sound)}.", f"Sur scène, {sound}.", f"Le nouvel album se joue enfin ici : {sound}.",
    ))  # fmt: skip
    end = chance.choice((
        "Première partie : un groupe du lycée voisin.", "Placement libre, vestiaire gratuit.", "Les portes ouvrent une heure avant.",
        "Gradins et fosse, bar sans alcool.", "Le bus de nuit attend la fin du concert.", "Prêt de casques anti-bruit à l’accueil.",
    ))  # fmt: skip
    return french(f"{start} {end}")


def show(chance: Random, genre: str) -> str:
    """What a theatre writes of a show."""
    end = chance.choice((
        "Rencontre avec l’équipe après la représentation.", "Gilets vibrants sur demande.", "Une heure et quart sans entracte.",
        "Pas besoin d’y connaître quelque chose : viens comme tu es.", "Atelier gratuit la veille pour celles et ceux qui veulent essayer.",
        "Création de la saison.", "Surtitré.",
    ))  # fmt: skip
    return french(f"{upper(genre)}. {_story(chance)} {end}")


def style_of(chance: Random) -> int:
    """A style of music, by its row."""
    return chance.randrange(len(MUSIC))
