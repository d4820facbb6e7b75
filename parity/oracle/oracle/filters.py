from rest_framework import filters


class OrderingFilter(filters.OrderingFilter):
    """Ends every order with the id, so that it is the same each time."""

    def get_ordering(self, request, queryset, view):
        ordering = super().get_ordering(request, queryset, view)
        return ordering and [*ordering, "id"]
