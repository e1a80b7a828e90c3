"""What a clock starts: one job a file. Parses, calls one operation, reports.

A job is `run(*, at)`; the timetable says when each runs. A file may also declare `CONSUMES`, what it does about the
outbox's messages: a mapping from a topic to a name (kept in the receipts) and a consumer.
"""
