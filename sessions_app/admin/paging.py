from functools import cached_property

from django.core.paginator import Paginator
from django.db.models import QuerySet

MOST = 5_000


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than anybody leafs: to count a million rows takes longer than to show fifty."""

    template_name = "admin/capped_pagination.html"

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        assert isinstance(rows, QuerySet)
        return rows.order_by()[:MOST].count()

    @property
    def is_capped(self) -> bool:
        return self.count == MOST
