"""The peer: the same booking as one function in the database, driven by pgbench. It is the limit, not a rival.

The function makes the same checks and the same writes as the operation, under the same locks, constraints and
triggers; it leaves out what a web service adds: HTTP, authentication, the explanation of a refusal.
"""

import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from diptych.commons.postgres import Server

_FUNCTION = """
create or replace function bench_book(p_person bigint, p_stock bigint) returns text language plpgsql as $$
declare
    t timestamptz := clock_timestamp();
    s record; d record; o record; m record; code text; made bigint; alphabet text := 'ABCDEFGHJKLMNPQRSTUVWXYZ234567';
begin
    select * into s from catalogue_stock where id = p_stock for no key update;
    select * into d from wallet_deposit where person_id = p_person and expires_at > t for no key update;
    select f.*, p.roles, p.state, st.validation as structure into o
    from catalogue_offer f join venues_venue v on v.id = f.venue_id join venues_structure st on st.id = v.structure_id, people_person p
    where f.id = s.offer_id and p.id = p_person;
    select coalesce(sum(amount_cents), 0) as balance into m from wallet_line where deposit_id = d.id;
    if o.state <> 'ACTIVE' or not 'BENEFICIARY' = any(o.roles) then return 'person'; end if;
    if exists (select from bookings_booking b where b.person_id = p_person and b.offer_id = s.offer_id and b.status <> 'CANCELLED')
        then return 'already_booked'; end if;
    if s.deleted_at is not null or s.starts_at <= t or s.booking_limit_at <= t or s.booked >= s.quantity then return 'stock'; end if;
    if o.validation <> 'APPROVED' or o.publication_at > t or o.structure <> 'VALIDATED' then return 'offer'; end if;
    if m.balance < s.price_cents then return 'credit'; end if;
    loop
        code := '';
        for i in 1..6 loop code := code || substr(alphabet, 1 + floor(random() * 30)::int, 1); end loop;
        exit when not exists (select from bookings_booking where token = code);
    end loop;
    insert into bookings_booking (token, person_id, stock_id, offer_id, deposit_id, quantity, total_cents, bucket, status, booked_at,
        cancellation_limit_at, event_at, validated_by, cancellation, tickets, idempotency_key)
    values (code, p_person, p_stock, s.offer_id, d.id, 1, s.price_cents, '', 'CONFIRMED', t,
        greatest(least(s.starts_at - interval '48 hours', t + interval '48 hours'), t), s.starts_at, '', '', '[]', gen_random_uuid()::text)
    returning id into made;
    update catalogue_stock set booked = booked + 1 where id = p_stock;
    insert into wallet_movement (kind, amount_cents, debited, debited_deposit_id, credited, booking_id, bucket, reference, at)
    values ('Booking', s.price_cents, 'deposit', d.id, 'booking', made, '', '', t);
    insert into outbox_message (topic, key, payload, written_at, due_at)
    values ('bookings.booked', 'booking:' || made, jsonb_build_object('booking_id', made, 'person_id', p_person, 'stock_id', p_stock), t, t);
    return code;
end $$
"""


def install(connection: Any) -> None:
    """Put the function into a database."""
    connection.execute(_FUNCTION)


def pgbench(
    server: Server, connection: Any, *, database: str, clients: int, seconds: int, people: list[int], stocks: list[int], hot: bool
) -> float:
    """Bookings per second of the function under pgbench. Counts bookings written, not calls."""
    install(connection)
    script = f"\\set person random({people[0]}, {people[-1]})\n"
    script += f"\\set stock {stocks[0]}\n" if hot else f"\\set stock random({stocks[0]}, {stocks[-1]})\n"
    script += "select bench_book(:person, :stock);\n"
    before = connection.execute("select count(*) from bookings_booking").fetchone()[0]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "book.sql"
        file.write_text(script)
        ran = subprocess.run(
            [server.binaries / "pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds),
             "-f", file, "-h", server.sockets, "-U", "diptych", database],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    found = re.search(r"tps = ([0-9.]+)", ran.stdout)
    if found is None:
        raise RuntimeError(f"pgbench said nothing that could be read: {ran.stdout[-400:]}")
    calls = re.search(r"number of transactions actually processed: (\d+)", ran.stdout)
    made = connection.execute("select count(*) from bookings_booking").fetchone()[0] - before
    return float(found[1]) * made / int(calls[1]) if calls else float(found[1])
