"""Structures from the inside: signed up, decided, joined by invitation or request; their venues and pages; letters; pages."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from diptych.commons import clock
from diptych.commons.refusal import Refused
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.venues import queries
from diptych.culture.domain.venues.models import (
    Commune,
    Invitation,
    Membership,
    OpeningHours,
    Structure,
    StructureDecision,
    Venue,
)
from diptych.culture.domain.venues.operations import joining
from diptych.culture.domain.venues.operations.opening import open_structure, open_venue
from diptych.culture.domain.venues.operations.validating import decide_structure
from diptych.culture.domain.venues.terms import Activity, Validation
from diptych.culture.gateways import mail
from diptych.culture.jobs import relay_outbox
from tests.culture import factories
from tests.culture.factories import AT

pytestmark = pytest.mark.django_db
SIREN = "732829320"
PLACE = {"name": "Le Merle moqueur", "activity": Activity.BOOKSTORE, "address": "1 place Jean-Jaurès", "postcode": "42000",
         "city": "Saint-Étienne", "department": "42"}  # fmt: skip


def refused(code, act, **asked):
    with pytest.raises(Refused) as caught:
        act(**asked)
    assert caught.value.refusal.reason.code == code


def opened(person, **more):
    return open_structure(siren=SIREN, name="Merle SARL", person_id=person.pk, actor=f"person:{person.pk}", at=AT, **more)


def acts(subject):
    with connection.cursor() as cursor:
        cursor.execute("select act from journal_entry where subject = %s order by id", [subject])
        return [act for (act,) in cursor.fetchall()]


def browser(person):
    client = Client(headers={"accept": "text/html"})
    client.cookies = factories.signed_in(person).cookies
    return client


def test_a_structure_is_examined_refused_asked_again_and_closed():
    first, second = factories.pro(), factories.pro()
    number = opened(first)
    decide = {"structure_id": number, "actor": "person:1", "at": AT}
    decide_structure(validation=Validation.PENDING, **decide)
    refused("venues.rejection_missing", decide_structure, validation=Validation.REJECTED, **decide)
    decide_structure(validation=Validation.REJECTED, reason="NON_RECEIVED_DOCS", note="Il manque le Kbis.", **decide)
    assert queries.venues_of(person_id=first.pk) == []
    own = queries.own_structure(structure_id=number, person_id=first.pk)
    assert (own.decision.reason, own.decision.note) == ("NON_RECEIVED_DOCS", "Il manque le Kbis.")
    assert opened(first) == number
    decide_structure(validation=Validation.VALIDATED, **decide)
    refused("venues.no_such_move", decide_structure, validation=Validation.REJECTED, reason="ERROR", **decide)
    decide_structure(validation=Validation.CLOSED, reason="CLOSED_BUSINESS", **decide)
    refused("venues.structure_closed", opened, person=second)
    refused("venues.structure_missing", decide_structure, **decide | {"structure_id": 0}, validation=Validation.CLOSED)
    refused("venues.structure_missing", queries.structure_file, structure_id=0)
    assert acts(f"structure:{number}") == ["venues.open_structure", *["venues.decide_structure"] * 2, "venues.ask_again",
                                           *["venues.decide_structure"] * 2]  # fmt: skip
    assert StructureDecision.objects.filter(structure=number).count() == 4
    refused("venues.name_missing", open_structure, siren="552100554", name=" ", person_id=first.pk, actor="x", at=AT)


def test_somebody_joins_by_invitation_once_in_time_and_at_their_own_address():
    owner, guest, other = factories.pro(), factories.pro(email="guest@exemple.example"), factories.pro()
    number = opened(owner)
    by = {"structure_id": number, "person_id": owner.pk, "actor": "person:1", "at": AT}
    refused("venues.email_malformed", joining.invite, **by, email="nobody")
    refused("venues.not_a_member", joining.invite, **by | {"person_id": other.pk}, email=guest.email)
    refused("venues.already_a_member", joining.invite, **by, email=owner.email)
    made = joining.invite(**by, email=" Guest@Exemple.example ")
    refused("venues.already_invited", joining.invite, **by, email=guest.email)
    comes = {"invitation_id": made, "actor": "person:2", "at": AT}
    refused("venues.invitation_other", joining.accept_invitation, **comes, person_id=other.pk, email=other.email)
    late = comes | {"at": AT + timedelta(days=14)}
    refused("venues.invitation_over", joining.accept_invitation, **late, person_id=guest.pk, email=guest.email)
    assert joining.accept_invitation(**comes, person_id=guest.pk, email=guest.email) == number
    refused("venues.invitation_over", joining.accept_invitation, **comes, person_id=guest.pk, email=guest.email)
    refused("venues.invitation_over", joining.accept_invitation, **comes | {"invitation_id": 0}, person_id=1, email="")
    refused("venues.invitation_over", joining.invitation_id_of, token="1.forged")
    assert joining.invitation_id_of(token=joining.invitation_token(invitation_id=made)) == made
    taken = joining.invite(**by, email="third@exemple.example")
    joining.withdraw_invitation(**by, invitation_id=taken)
    refused("venues.invitation_over", joining.withdraw_invitation, **by, invitation_id=taken)
    joining.remove_member(**by, member_id=owner.pk)
    refused("venues.not_a_member", joining.remove_member, **by, member_id=guest.pk)
    alone = by | {"person_id": guest.pk}
    refused("venues.last_member", joining.remove_member, **alone, member_id=guest.pk)
    refused("venues.member_missing", joining.remove_member, **alone, member_id=other.pk)
    decide_structure(structure_id=number, validation=Validation.CLOSED, reason="ERROR", actor="person:9", at=AT)
    Invitation.objects.filter(pk=taken).update(withdrawn_at=None)
    third = {"person_id": other.pk, "email": "third@exemple.example"}
    refused("venues.invitation_over", joining.accept_invitation, **comes | {"invitation_id": taken}, **third)


def test_too_many_invitations_and_old_ones_make_room():
    owner = factories.pro()
    number = opened(owner)
    Invitation.objects.bulk_create(
        Invitation(structure_id=number, email=f"n{n}@exemple.example", made_at=AT, expires_at=AT + timedelta(days=1))
        for n in range(30)
    )
    by = {"structure_id": number, "person_id": owner.pk, "actor": "person:1", "email": "one@exemple.example"}
    refused("venues.too_many_invitations", joining.invite, **by, at=AT)
    assert joining.invite(**by, at=AT + timedelta(days=1))


def test_a_request_is_answered_by_a_member_or_the_team():
    owner, asker, other = factories.pro(), factories.pro(), factories.pro()
    number = opened(owner)
    opened(asker)
    assert [one.is_member for one in queries.structures_of(person_id=asker.pk)] == [False]
    assert queries.own_structure(structure_id=number, person_id=asker.pk).members == ()
    refused("venues.not_a_member", queries.own_structure, structure_id=number, person_id=other.pk)
    answer = {"structure_id": number, "actor": "person:1", "at": AT}
    refused("venues.not_a_member", joining.answer_request, **answer, person_id=asker.pk, asker_id=asker.pk, accepted=True)
    joining.answer_request(**answer, person_id=owner.pk, asker_id=asker.pk, accepted=False)
    opened(asker)
    joining.decide_request(**answer, asker_id=asker.pk, accepted=True)
    refused("venues.member_missing", joining.decide_request, **answer, asker_id=asker.pk, accepted=True)
    assert len(queries.member_ids(structure_id=number)) == 2


def test_whoever_names_a_validated_structure_without_members_waits_too():
    shop, stranger = factories.venue(), factories.pro()
    Structure.objects.filter(pk=shop.structure_id).update(siren=SIREN)
    opened(stranger)
    assert Membership.objects.get(person=stranger).validation == "PENDING"


def test_a_venue_has_a_siret_or_says_why_not():
    owner = factories.pro()
    number = opened(owner)
    new = PLACE | {"structure_id": number, "person_id": owner.pk, "actor": "person:1", "at": AT}
    refused("venues.no_siret_unsaid", open_venue, **new, siret="")
    refused("venues.siret_or_why", open_venue, **new, siret="73282932000074", no_siret_why="x")
    refused("venues.name_missing", open_venue, **new | {"name": " "}, siret="73282932000074")
    festival = open_venue(**new, siret="", no_siret_why="Festival itinérant")
    assert Venue.objects.get(pk=festival).siret is None


@pytest.mark.django_db(transaction=True)
def test_a_bookseller_signs_up_through_the_pages_and_the_team_decides():
    """Account, letter, structure, venue, page, invitation and its letter, decision and its letter, roles."""
    Commune.objects.create(
        insee="42218", name="Saint-Étienne", department="42", postcodes=["42000"], latitude=45.4, longitude=4.4
    )
    visitor, address = Client(headers={"accept": "text/html"}), "nora@merle.example"
    assert visitor.post("/pro/inscription/", {"email": address, "password": "court"}).status_code == 422
    assert visitor.post("/pro/inscription/", {"email": address, "password": factories.PASSWORD}).status_code == 302
    assert address in visitor.get("/pro/inscription/courriel/").content.decode()
    visitor.post("/pro/inscription/encore/", {"email": address})
    deliver()
    path = link_in(address)
    visitor.post(path)
    nora = Person.objects.get(email=address)
    assert nora.email_validated_at
    page = browser(nora)
    assert "/pro/structures/nouvelle/" in page.get("/pro/").content.decode()
    assert page.post("/pro/structures/nouvelle/", {"siren": "123456789", "name": "Merle"}).status_code == 422
    to = page.post("/pro/structures/nouvelle/", {"siren": "732 829 320", "name": "Merle SARL"})["Location"]
    new = {**PLACE, "activity": "BOOKSTORE", "siret": "73282932000000"}
    assert page.post(to, new).status_code == 422
    to = page.post(to, {**new, "siret": "732 829 320 00074"})["Location"]
    form = {"name": "Le Merle", "activity": "BOOKSTORE", "description": "Romans et BD.", "postcode": "42000", "city": "St Etienne",
            "day_0": "", "day_1": "10h-12h30, 14:00 - 19:00", "first_0": "2026-12-24", "hours_0": "10:00-16:00", "words_0": "Noël",
            "accessible_motor": "yes", "accessible_audio": "no"}  # fmt: skip
    for wrong in (
        {"day_2": "10-9"},
        {"day_2": "dix heures"},
        {"day_2": "25:00-26:00"},
        {"words_1": "sans jour"},
        {"website": "javascript:1"},
    ):
        assert page.post(to, {**form, **wrong}).status_code == 422, wrong
    assert page.post(to, form).status_code == 302
    venue = Venue.objects.get()
    assert (venue.commune_id, venue.latitude, venue.accessible_motor, venue.accessible_audio) == ("42218", 45.4, True, False)
    assert OpeningHours.objects.count() == 2
    shown = page.get(to).content.decode()
    assert "10:00-12:30, 14:00-19:00" in shown
    assert "2026-12-24" in shown
    structure = Structure.objects.get()
    here = f"/pro/structures/{structure.pk}/"
    assert page.post(f"{here}inviter/", {"email": "rien"}).status_code == 200
    page.post(f"{here}inviter/", {"email": "paul@merle.example"})
    assert page.post(f"{here}inviter/", {"email": "paul@merle.example"}).status_code == 409
    deliver()
    opens = link_in("paul@merle.example")
    assert b"Merle SARL" in visitor.get(opens).content
    paul = factories.pro(email="paul@merle.example")
    them = browser(paul)
    assert b"/pro/invitation/" in them.get("/pro/").content
    assert page.post("/pro/invitation/", {"token": opens.split("/")[-2]}).status_code == 403
    assert them.post("/pro/invitation/", {"token": opens.split("/")[-2]})["Location"] == here
    assert them.get(opens).status_code == 410
    assert them.get("/pro/invitation/1.faux/").status_code == 410
    asker = factories.pro(email="zoe@merle.example")
    browser(asker).post("/pro/structures/nouvelle/", {"siren": SIREN, "name": "x"})
    assert browser(asker).get(here).status_code == 200
    page.post(f"{here}demandes/{asker.pk}/", {"no": "1"})
    assert page.post(f"{here}membres/{asker.pk}/retirer/").status_code == 404

    team = browser(factories.staff())
    assert b"Merle SARL" in team.get("/equipe/structures/?state=NEW&q=merle").content
    assert b"Merle SARL" in team.get(f"/equipe/structures/?q={SIREN}").content
    file = f"/equipe/structures/{structure.pk}/"
    assert team.get(file).status_code == 200
    assert team.post(f"{file}decider/", {"validation": "REJECTED"}).status_code == 422
    assert team.post(f"{file}decider/", {"validation": "VALIDATED", "note": "Bienvenue !"}).status_code == 302
    reader = browser(factories.staff(staff_roles=["lecture_seule"]))
    assert reader.post(f"{file}decider/", {"validation": "CLOSED", "reason": "ERROR"}).status_code == 403
    assert reader.get(file).status_code == 200
    assert team.post(f"{file}demandes/{asker.pk}/").status_code == 404
    deliver()
    said = [str(letter.get_body(("plain",)).get_content()) for letter in mail.mailbox().letters(to=address)]
    assert any("Bienvenue" in text for text in said)
    assert any("demande" in str(letter["Subject"]) for letter in mail.mailbox().letters(to=address))
    nora.refresh_from_db()
    assert nora.roles == ["PRO"]
    assert "venues.look_at" in acts(f"structure:{structure.pk}")
    page.post(f"{here}membres/{paul.pk}/retirer/")
    deliver()
    paul.refresh_from_db()
    assert paul.roles == ["NON_ATTACHED_PRO"]
    for state, reason in (("PENDING", ""), ("CLOSED", "CLOSED_BUSINESS")):
        decide_structure(structure_id=structure.pk, validation=Validation(state), reason=reason, actor="x", at=clock.now())
        assert page.get("/pro/").status_code == 200
        assert page.get(here).status_code == 200
        deliver()


def deliver():
    from psycopg.conninfo import make_conninfo

    there = connection.settings_dict
    relay_outbox.run_once(
        url=make_conninfo(dbname=there["NAME"], user=there["USER"], host=there["HOST"], port=there["PORT"] or None)
    )


def link_in(address):
    letter = mail.mailbox().letters(to=address)[0].get_body(preferencelist=("plain",))
    return re.search(r"https?://[^/\s]+(/\S+)", letter.get_content())[1]
