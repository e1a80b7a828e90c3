"""Pages of a list whose query has already cut it: what the design system's pagination asks of Django's `Page`."""

from collections.abc import Iterator

from django.core.paginator import Paginator


class Pages:
    """Where one is among the pages; nothing is read again."""

    def __init__(self, number: int, total: int) -> None:
        self.number = number
        self.paginator = self
        self.num_pages = total

    def has_previous(self) -> bool:
        """Whether there is a page before."""
        return self.number > 1

    def has_next(self) -> bool:
        """Whether there is a page after."""
        return self.number < self.num_pages

    def previous_page_number(self) -> int:
        """The number of the page before."""
        return self.number - 1

    def next_page_number(self) -> int:
        """The number of the page after."""
        return self.number + 1

    def get_elided_page_range(self, number: int, *, on_each_side: int = 1, on_ends: int = 1) -> Iterator[int | str]:
        """The numbers to show, with … between."""
        real = Paginator(range(self.num_pages), 1)
        return real.get_elided_page_range(number, on_each_side=on_each_side, on_ends=on_ends)  # stubs say str | int
