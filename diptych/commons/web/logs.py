"""What Django writes about a refused request: the shape of its address, never the address.

An address may hold a booking's code, a link that signs somebody in, a name that was searched: none of it belongs in a log.
"""

import logging

from django.http import HttpRequest

UNKNOWN = "(no such address)"
TALKERS = ("django.request", "django.security.csrf")
"""Who writes addresses: a form without its token is told of by another logger than the rest."""


class ShapesOnly(logging.Filter):
    """Replaces the path of a request, in Django's lines about it, by its route: `/public/bookings/v1/token/<token>`."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets every line through, its path replaced."""
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            match = request.resolver_match
            shape = f"/{match.route}" if match is not None else UNKNOWN
            record.args = tuple(shape if arg == request.path else arg for arg in record.args)
        return True


def log_shapes_only() -> None:
    """Put the filter before Django's lines about requests, once."""
    for name in TALKERS:
        logger = logging.getLogger(name)
        if not any(isinstance(one, ShapesOnly) for one in logger.filters):
            logger.addFilter(ShapesOnly())
