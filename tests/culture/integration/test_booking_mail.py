"""Each letter that a booking brings, read as it was received: relayed from the outbox by the real consumers, once."""

import logging
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from diptych.commons import outbox
from diptych.culture.domain.bookings import operations
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.catalogue.models import Stock
from diptych.culture.domain.catalogue.operations import offers as catalogue
from diptych.culture.domain.catalogue.terms import StockDraft
from diptych.culture.domain.people.models import Person
from diptych.culture.gateways import mail
from diptych.culture.jobs import relay_outbox, warn_expiring
from tests.culture.factories import AT, digital_stock, offer, signed_in, stock, venue, youth

pytestmark = pytest.mark.django_db(transaction=True)

H48 = timedelta(hours=48)
NB = "\N{NO-BREAK SPACE}"


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> mail.Mailbox:
    """The mailbox that plays a server. What another test left in the outbox, which is no model's table, is not ours."""
    with connection.cursor() as cursor:
        cursor.execute("delete from outbox_message")
    kept = mail.Mailbox(tmp_path / "mailbox")
    monkeypatch.setattr(mail, "post", lambda: kept)
    return kept


def relay(*, at: datetime, clean: bool = True) -> int:
    """Deliver what is due, as the worker does."""
    wanted = {"dbname", "user", "host", "port", "password"}
    parameters = {name: value for name, value in connection.get_connection_params().items() if name in wanted}
    with psycopg.connect(**parameters, autocommit=True) as raw:
        tried = outbox.relay(raw, consumers=relay_outbox.consumers(), at=at)
        faults = raw.execute("select fault from outbox_message where fault <> ''").fetchall()
    assert faults == [] or not clean
    return tried


def book(person: Person, of: Stock, *, at: datetime = AT) -> Booking:
    """A booking."""
    return Booking.objects.get(pk=operations.book(person_id=person.pk, stock_id=of.pk, places=1, at=at).id)


def text(letter: EmailMessage) -> str:
    """What it says, as text, with plain spaces."""
    body = letter.get_body(("plain",))
    assert body is not None
    return body.get_content().replace("\r\n", "\n").replace(NB, " ")


def html(letter: EmailMessage) -> str:
    """What it says, as HTML."""
    body = letter.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def subject(letter: EmailMessage) -> str:
    """Its subject, with plain spaces."""
    return str(letter["Subject"]).replace(NB, " ")


def the_only(box: mail.Mailbox, person: Person) -> EmailMessage:
    """The one letter that somebody received, kept to be looked at."""
    (letter,) = box.letters(to=person.email)
    assert person.email not in html(letter)
    return letter


def after(box: mail.Mailbox, person: Person, *, at: datetime) -> EmailMessage:
    """The one letter that a further relay brings; a second relay brings none."""
    known = {str(letter["Message-ID"]) for letter in box.letters()}
    relay(at=at)
    assert relay(at=at) == 0
    (letter,) = [letter for letter in box.letters(to=person.email) if str(letter["Message-ID"]) not in known]
    return letter


def test_booked_an_event(box: mail.Mailbox) -> None:
    ines = youth(first_name="Inès")
    made = book(ines, stock(event=True, price_cents=6_50))
    letter = after(box, ines, at=AT)
    assert subject(letter) == "C’est réservé : Nuit du court-métrage"
    said = text(letter)
    assert said.startswith("Bonjour Inès,")
    assert "Nuit du court-métrage, vendredi 4 décembre 2026 à 16:00" in said
    assert "Librairie des Halles, 12 rue de la République, 42000 Saint-Étienne" in said
    assert "1 place · 6,50 €" in said
    assert f"Ton code : {made.token}\nMontre-le à l’entrée." in said
    assert "Tu peux annuler jusqu’au jeudi 26 novembre 2026 à 16:00." in said
    assert f"/places/{made.pk}/" in said
    assert f'/places/{made.pk}/"' in html(letter)
    assert the_only(box, ines)["To"] == ines.email


def test_booked_a_book_in_english(box: mail.Mailbox) -> None:
    ines = youth(language="en")
    made = book(ines, stock())
    said = text(after(box, ines, at=AT))
    assert f"Your code: {made.token}\nShow it at the counter." in said
    assert "Collect it by Friday 4 December 2026: after that it is cancelled, and your credit comes back." in said
    assert "You can cancel as long as you have not collected it." in said


def test_booked_for_tonight_says_that_it_cannot_be_cancelled(box: mail.Mailbox) -> None:
    ines = youth()
    book(ines, stock(event=True, starts_at=AT + timedelta(hours=4)))
    assert "Trop tard pour annuler : ça commence bientôt." in text(after(box, ines, at=AT))


def test_booked_on_line_keeps_its_activation_code_out_of_the_letter(box: mail.Mailbox) -> None:
    ines = youth()
    made = book(ines, digital_stock(price_cents=3_00))
    said = text(after(box, ines, at=AT))
    assert "Ton code d’activation t’attend sur la page de ta réservation." in said
    assert "CODE-" not in said
    assert made.token not in said
    assert "annuler" not in said


def test_on_line_without_activation_codes(box: mail.Mailbox) -> None:
    ines = youth()
    made = book(ines, stock(of=offer(subcategory="VOD", url="https://films.exemple.example/1")))
    assert f"Ton code : {made.token}. Il t’attend sur la page de ta réservation, avec le lien." in text(after(box, ines, at=AT))


def test_cancelled_by_its_holder(box: mail.Mailbox) -> None:
    ines = youth()
    made = book(ines, stock(event=True, price_cents=6_00))
    relay(at=AT)
    operations.cancel(booking_id=made.pk, person_id=ines.pk, at=AT)
    letter = after(box, ines, at=AT)
    assert subject(letter) == "Annulé : Nuit du court-métrage"
    assert "Tu as annulé ta réservation : Nuit du court-métrage, vendredi 4 décembre 2026 à 16:00." in text(letter)
    assert "6 € sont revenus sur ton crédit." in text(letter)


def test_cancelled_before_it_was_confirmed_says_only_that(box: mail.Mailbox) -> None:
    ines = youth()
    made = book(ines, stock(event=True))
    operations.cancel(booking_id=made.pk, person_id=ines.pk, at=AT)
    relay(at=AT)
    assert subject(the_only(box, ines)).startswith("Annulé")


def test_cancelled_by_the_venue(box: mail.Mailbox) -> None:
    ines, free = youth(), stock(event=True, price_cents=0)
    made = book(ines, free)
    relay(at=AT)
    operations.cancel_by_venue(token=made.token, venue_ids=[free.offer.venue_id], actor="person:1", at=AT)
    said = text(after(box, ines, at=AT))
    assert "Librairie des Halles a dû annuler : Nuit du court-métrage" in said
    assert "crédit" not in said  # it was free


def test_a_removed_date_is_the_venues_doing(box: mail.Mailbox) -> None:
    ines, screening = youth(), stock(event=True)
    book(ines, screening)
    relay(at=AT)
    catalogue.remove_stock(stock_id=screening.pk, venue_ids=[screening.offer.venue_id], actor="person:1", at=AT)
    operations.cancel_of_removed_stocks(at=AT)
    assert "Librairie des Halles a dû annuler" in text(after(box, ines, at=AT))


def test_cancelled_by_the_service(box: mail.Mailbox) -> None:
    ines = youth()
    made = book(ines, stock(event=True))
    relay(at=AT)
    operations.cancel(booking_id=made.pk, person_id=ines.pk, at=AT)
    Booking.objects.update(cancellation="FRAUD_SUSPICION")
    assert "Le pass a dû annuler ta réservation" in text(after(box, ines, at=AT))


def test_a_hold_brings_a_letter_when_it_is_confirmed_or_released(box: mail.Mailbox) -> None:
    ines, malo = youth(), youth()
    screening = stock(of=offer(event=True, at_venue=venue(ticketed=True, name="Le Méliès")), price_cents=7_00)
    kept, lost = book(ines, screening), book(malo, screening)
    relay(at=AT)
    assert box.letters() == []
    operations.confirm_hold(booking_id=kept.pk, tickets=[{"barcode": "1"}], at=AT)
    operations.release_hold(booking_id=lost.pk, why="no_answer", at=AT)
    relay(at=AT)
    assert f"Ton code : {kept.token}" in text(the_only(box, ines))
    letter = the_only(box, malo)
    assert subject(letter) == "Pas réservé : Nuit du court-métrage"
    assert "Le Méliès n’a pas pu confirmer ta place" in text(letter)
    assert "7 € sont revenus sur ton crédit." in text(letter)


def test_expiring_then_expired(box: mail.Mailbox) -> None:
    """Booked on 24 November, lost on 5 December at midnight: told once from the 28th, once from the 30th, then lost."""
    ines = youth()
    made = book(ines, stock(price_cents=9_00))
    relay(at=AT)
    ends = datetime.fromisoformat("2026-12-05T00:00+01:00")
    assert warn_expiring.run(at=ends - timedelta(days=7, seconds=1)) == 0
    seven = ends - timedelta(days=7)
    assert (warn_expiring.run(at=seven), warn_expiring.run(at=seven + timedelta(days=1))) == (1, 0)
    letter = after(box, ines, at=seven)
    assert subject(letter) == "À retirer au plus tard le vendredi 4 décembre 2026 : L’Atelier des marées"
    assert "L’Atelier des marées t’attend jusqu’au vendredi 4 décembre 2026 inclus." in text(letter)
    assert f"Ton code : {made.token}" in text(letter)
    assert "Annule-la maintenant" in text(letter)
    five = ends - timedelta(days=5)
    assert (warn_expiring.run(at=five), warn_expiring.run(at=five)) == (1, 0)
    assert subject(after(box, ines, at=five)).startswith("À retirer")
    operations.expire_uncollected(at=ends)
    assert warn_expiring.run(at=ends) == 0
    letter = after(box, ines, at=ends)
    assert subject(letter) == "Pas retiré : L’Atelier des marées"
    assert "9 € sont revenus sur ton crédit." in text(letter)
    assert len(box.letters(to=ines.email)) == 4


def test_a_warning_that_comes_after_all_is_over_is_not_sent(box: mail.Mailbox) -> None:
    ines, novel = youth(), stock()
    made = book(ines, novel)
    relay(at=AT)
    warn_expiring.run(at=AT + timedelta(days=5))
    operations.use(token=made.token, venue_ids=[novel.offer.venue_id], actor="person:1", at=AT + timedelta(days=5))
    relay(at=AT + timedelta(days=5))
    assert len(box.letters()) == 1


def test_a_moved_date(box: mail.Mailbox) -> None:
    ines, screening = youth(), stock(event=True)
    made = book(ines, screening)
    relay(at=AT)
    moved_to, at = datetime.fromisoformat("2027-01-08T20:30+01:00"), AT + timedelta(days=5)
    draft = StockDraft(price_cents=8_00, quantity=10, starts_at=moved_to)
    catalogue.edit_stock(stock_id=screening.pk, venue_ids=[screening.offer.venue_id], draft=draft, actor="person:1", at=at)
    letter = after(box, ines, at=at)
    assert subject(letter) == "Nouvelle date : Nuit du court-métrage"
    said = text(letter)
    assert "Avant : vendredi 4 décembre 2026 à 16:00\nMaintenant : vendredi 8 janvier 2027 à 20:30" in said
    assert f"Ton code reste le même : {made.token}." in said
    assert "Tu peux annuler jusqu’au mardi 1er décembre 2026 à 16:00, et ton crédit revient." in said


def test_a_move_of_what_was_cancelled_meanwhile_is_not_told(box: mail.Mailbox) -> None:
    ines, screening = youth(), stock(event=True)
    made = book(ines, screening)
    relay(at=AT)
    draft = StockDraft(price_cents=8_00, quantity=10, starts_at=AT + timedelta(days=30))
    catalogue.edit_stock(stock_id=screening.pk, venue_ids=[screening.offer.venue_id], draft=draft, actor="person:1", at=AT)
    operations.follow_moved_stock(stock_id=screening.pk, at=AT)
    operations.cancel(booking_id=made.pk, person_id=ines.pk, at=AT)
    assert subject(after(box, ines, at=AT)).startswith("Annulé")


def test_a_confirmation_is_not_sent_once_it_is_over(box: mail.Mailbox) -> None:
    book(youth(), stock(event=True))
    relay(at=AT + timedelta(days=11))
    assert box.letters() == []


def test_a_consumer_that_runs_twice_sends_the_same_letter(box: mail.Mailbox) -> None:
    """A relay killed after sending tries again: the same number, one letter in the box."""
    ines = youth()
    made = book(ines, stock(event=True))
    (_, consume) = next(pair for pair in relay_outbox.consumers()["bookings.booked"] if pair[0] == "send_booking_mail")
    message = outbox.Message(1, "bookings.booked", "", {"booking_id": made.pk}, AT, 0)
    for _again in range(2):
        consume(message, None, AT)  # type: ignore[arg-type]  # it writes nothing
    the_only(box, ines)


def test_no_address_is_logged_nor_kept_when_the_server_refuses(
    box: mail.Mailbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    ines = youth(first_name="Inès")
    made = book(ines, stock(event=True))

    class Refusing:
        def send(self, letter: EmailMessage) -> None:
            raise OSError(f"550 {letter['To']} unknown")

    monkeypatch.setattr(mail, "post", Refusing)
    with caplog.at_level(logging.DEBUG):
        relay(at=AT, clean=False)
    with connection.cursor() as cursor:
        cursor.execute("select fault, attempts from outbox_message where key = %s", (f"booking:{made.pk}",))
        fault, attempts = cursor.fetchone()
    shown = caplog.text + "".join(capfd.readouterr()) + fault
    assert attempts == 1
    assert "OSError" in fault
    for secret in (ines.email, "Inès", made.token):
        assert secret not in shown


def test_the_demos_mailbox_shows_it(box: mail.Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    from diptych.culture.site import mailbox

    monkeypatch.setattr(mailbox, "mailbox", lambda: box)
    ines = youth()
    made = book(ines, stock(event=True))
    relay(at=AT)
    page: Any = signed_in(ines).get("/demo/courrier", {"to": ines.email})
    assert made.token in page.content.decode()
