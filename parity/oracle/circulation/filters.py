from django.db.models import Q
from django_filters import rest_framework as filters

from oracle.dates import today

from .models import Loan


class LoanFilter(filters.FilterSet):
    open = filters.BooleanFilter("returned_at", "isnull")
    overdue = filters.BooleanFilter(method="filter_overdue")

    class Meta:
        model = Loan
        fields = ["copy", "borrower"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.request.user.is_staff:
            del self.filters["borrower"]

    def filter_overdue(self, loans, name, overdue):
        is_overdue = Q(returned_at=None, due_on__lt=today())
        return loans.filter(is_overdue if overdue else ~is_overdue)
