from django.utils import timezone
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from .filters import LoanFilter
from .models import Loan
from .serializers import LoanSerializer

MAX_RENEWALS = 2


class NewestFirst(CursorPagination):
    ordering = ["-borrowed_at", "-id"]


class LoanViewSet(
    mixins.CreateModelMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet
):
    """Who has which copy, and until when."""

    queryset = Loan.objects.all()
    serializer_class = LoanSerializer
    permission_classes = [IsAuthenticated]
    pagination_class = NewestFirst
    filter_backends = [DjangoFilterBackend]
    filterset_class = LoanFilter

    def get_queryset(self):
        loans = super().get_queryset()
        return loans if self.request.user.is_staff else loans.filter(borrower=self.request.user)

    def perform_create(self, serializer):
        due_on = serializer.validated_data["copy"].branch.due_on()
        serializer.save(borrower=self.request.user, due_on=due_on)

    @action(detail=True, methods=["post"])
    def renew(self, request, pk, format=None):
        """A later day for what is lent."""
        loan = self.get_open_loan()
        if loan.renewals >= MAX_RENEWALS:
            raise refusal("This loan has been renewed often enough.", "too_many_renewals")
        loan.due_on = loan.copy.branch.due_on()
        loan.renewals += 1
        loan.save()
        return Response(self.get_serializer(loan).data)

    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def return_copy(self, request, pk, format=None):
        """What was lent is back."""
        loan = self.get_open_loan()
        loan.returned_at = timezone.now()
        loan.save()
        return Response(self.get_serializer(loan).data)

    def get_open_loan(self):
        loan = self.get_object()
        if loan.returned_at is not None:
            raise refusal("This copy is back already.", "returned")
        return loan


def refusal(message, code):
    return ValidationError({"non_field_errors": [message]}, code=code)
