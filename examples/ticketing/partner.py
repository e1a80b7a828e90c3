"""A small ticketing system that works with the pass: it sells the places of its rooms, here and to the pass.

One file, the standard library alone. It answers the pass's signed calls (book, cancel, notify), keeps what it sold in
SQLite, and uses the public API to publish a show and to let people in. README.md says how to run it.
"""

import argparse
import hashlib
import hmac
import json
import secrets
import sqlite3
import sys
import time
import urllib.request
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SIGNATURE = "DIPTYCH-Signature"
LARGEST = 64 * 1024

TABLES = """
create table if not exists seat (number integer primary key, barcode text unique, booking_key text);
create index if not exists seat_of on seat (booking_key);
create table if not exists notice (id integer primary key, said text not null);
"""


class BoxOffice:
    """The seats of a room. Every change is one transaction: the process may die at any moment."""

    def __init__(self, file: Path) -> None:
        self.file = file
        with closing(self.open()) as db, db:
            db.executescript(TABLES)

    def open(self) -> sqlite3.Connection:
        """A connection of its own for each request."""
        return sqlite3.connect(self.file, timeout=5)

    def furnish(self, seats: int) -> None:
        """So many seats, once."""
        with closing(self.open()) as db, db:
            db.executemany("insert or ignore into seat (number) values (?)", [(n,) for n in range(1, seats + 1)])

    def book(self, key: str, places: int) -> tuple[int, dict]:
        """Sell the next free seats. The same key gets the same seats: the pass asks again when it has heard nothing."""
        with closing(self.open()) as db, db:
            db.execute("begin immediate")
            sold = db.execute("select barcode, number from seat where booking_key = ? order by number", (key,)).fetchall()
            if not sold:
                free = db.execute("select number from seat where barcode is null order by number limit ?", (places,)).fetchall()
                if len(free) < places:
                    left = self._left(db)
                    return 409, {"error": "not_enough_seats" if left else "sold_out", "remainingQuantity": left}
                sold = [(secrets.token_hex(8).upper(), number) for (number,) in free]
                db.executemany(
                    "update seat set barcode = ?, booking_key = ? where number = ?", [(b, key, number) for b, number in sold]
                )
            tickets = [{"barcode": barcode, "seat": f"A{number}"} for barcode, number in sold]
            return 200, {"remainingQuantity": self._left(db), "tickets": tickets}

    def cancel(self, barcodes: list[str]) -> tuple[int, dict]:
        """Free the seats of these barcodes."""
        with closing(self.open()) as db, db:
            freed = db.execute(
                "update seat set barcode = null, booking_key = null where barcode in (select value from json_each(?))",
                (json.dumps(barcodes),),
            )
            left = self._left(db)
        return (
            (200, {"remainingQuantity": left})
            if freed.rowcount
            else (409, {"error": "already_cancelled", "remainingQuantity": left})
        )

    def notify(self, notice: dict) -> tuple[int, dict]:
        """Keep what the pass says of bookings that are not sold here."""
        with closing(self.open()) as db, db:
            db.execute("insert into notice (said) values (?)", (json.dumps(notice),))
        return 200, {}

    def report(self) -> dict:
        """The seats sold, by booking, and the notices had."""
        with closing(self.open()) as db:
            rows = db.execute("select booking_key, barcode from seat where barcode is not null order by number").fetchall()
            said = [json.loads(text) for (text,) in db.execute("select said from notice order by id")]
            return {"left": self._left(db), "sold": [{"key": key, "barcode": barcode} for key, barcode in rows], "notices": said}

    @staticmethod
    def _left(db: sqlite3.Connection) -> int:
        return db.execute("select count(*) from seat where barcode is null").fetchone()[0]


class Server(ThreadingHTTPServer):
    """The box office behind HTTP. `slow`: seconds between selling and answering, to rehearse a bad day."""

    daemon_threads = True

    def __init__(self, port: int, office: BoxOffice, secret: str, slow: float) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.office, self.secret, self.slow = office, secret, slow


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server

    def do_POST(self) -> None:
        """What the pass sends: signed, a JSON text inside a JSON string."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST:
            return self.answer(413, {})
        body = self.rfile.read(length)
        expected = hmac.new(self.server.secret.encode(), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, self.headers.get(SIGNATURE, "")):
            return self.answer(401, {"error": "signature"})
        asked = json.loads(json.loads(body))
        office = self.server.office
        if self.path == "/book":
            said = office.book(asked["bookingKey"], asked["bookingQuantity"])
        elif self.path == "/cancel":
            said = office.cancel(asked["barcodes"])
        elif self.path == "/notify":
            said = office.notify(asked)
        else:
            said = (404, {})
        time.sleep(self.server.slow)
        return self.answer(*said)

    def answer(self, status: int, body: dict) -> None:
        """Answer JSON."""
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: an address may hold a code."""


class Pass:
    """The public API of the pass."""

    def __init__(self, api: str, key: str) -> None:
        self.api, self.key = api.rstrip("/"), key

    def ask(self, method: str, path: str, body: object = None) -> dict | list | None:
        """One request; raises where it is refused."""
        request = urllib.request.Request(  # noqa: S310  # the address is the operator's own
            f"{self.api}{path}", method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            text = answer.read()
        return json.loads(text) if text else None

    def publish(self, venue: int, here: str, seats: int) -> dict:
        """Say where we are called, and publish a show at one date and one price."""
        urls = {"bookingUrl": f"{here}/book", "cancelUrl": f"{here}/cancel", "notificationUrl": f"{here}/notify"}
        self.ask("PATCH", "/public/providers/v1/provider", urls)
        event = self.ask("POST", "/public/offers/v1/events", {
            "name": "La Nuit des cordes", "location": {"type": "physical", "venueId": venue}, "hasTicket": True,
            "categoryRelatedFields": {"category": "CONCERT", "musicType": "MUSIQUE_CLASSIQUE"},
            "accessibility": dict.fromkeys(
                ("audioDisabilityCompliant", "mentalDisabilityCompliant", "motorDisabilityCompliant",
                 "visualDisabilityCompliant"), False),
            "priceCategories": [{"label": "Plein", "price": 1200, "idAtProvider": "plein"}],
        })  # fmt: skip
        starts = datetime.now(UTC) + timedelta(days=30)
        dates = self.ask("POST", f"/public/offers/v1/events/{event['id']}/dates", {"dates": [{
            "beginningDatetime": starts.isoformat(), "bookingLimitDatetime": starts.isoformat(),
            "priceCategoryId": event["priceCategories"][0]["id"], "quantity": seats, "idAtProvider": "soir",
        }]})  # fmt: skip
        return {"event": event["id"], "stock": dates["dates"][0]["id"]}

    def let_in(self, code: str) -> None:
        """Somebody shows a code at the door: it is used from now on."""
        self.ask("PATCH", f"/public/bookings/v1/use/token/{code}")


def main() -> None:
    """Read the command line, and do what it says."""
    parser = argparse.ArgumentParser(description="A small ticketing system that works with the pass.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    serve = verbs.add_parser("serve", help="answer the pass's calls")
    serve.add_argument("--port", type=int, default=9400)
    serve.add_argument("--file", type=Path, default=Path("seats.sqlite"))
    serve.add_argument("--seats", type=int, default=100)
    serve.add_argument("--secret-file", type=Path, required=True, help="what signs the calls (diptych culture partners secret)")
    serve.add_argument("--slow", type=float, default=0, help="seconds before each answer, to rehearse a bad day")
    publish = verbs.add_parser("publish", help="publish a show")
    door = verbs.add_parser("door", help="let somebody in")
    for verb in (publish, door):
        verb.add_argument("--api", required=True, help="where the pass is")
        verb.add_argument("--key-file", type=Path, required=True, help="the API key")
    publish.add_argument("--venue", type=int, required=True)
    publish.add_argument("--here", required=True, help="where the pass may call us")
    publish.add_argument("--seats", type=int, default=100)
    door.add_argument("code")
    report = verbs.add_parser("report", help="say what was sold")
    report.add_argument("--file", type=Path, default=Path("seats.sqlite"))
    asked = parser.parse_args()
    if asked.verb == "serve":
        office = BoxOffice(asked.file)
        office.furnish(asked.seats)
        with Server(asked.port, office, asked.secret_file.read_text().strip(), asked.slow) as server:
            sys.stdout.write(f"{server.server_address[1]}\n")
            sys.stdout.flush()
            server.serve_forever()
    elif asked.verb == "publish":
        json.dump(Pass(asked.api, asked.key_file.read_text().strip()).publish(asked.venue, asked.here, asked.seats), sys.stdout)
    elif asked.verb == "door":
        Pass(asked.api, asked.key_file.read_text().strip()).let_in(asked.code)
    else:
        json.dump(BoxOffice(asked.file).report(), sys.stdout)


if __name__ == "__main__":
    main()
