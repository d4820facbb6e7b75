from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import viewsets

from oracle.filters import OrderingFilter
from oracle.pagination import PageNumber

from .filters import CopyFilter
from .models import Branch, Copy
from .serializers import BranchSerializer, CopySerializer


class BranchViewSet(viewsets.ModelViewSet):
    """Places that lend books."""

    queryset = Branch.objects.all()
    serializer_class = BranchSerializer
    pagination_class = PageNumber
    lookup_field = "slug"
    filter_backends = [OrderingFilter]
    ordering_fields = ["name"]


class CopyViewSet(viewsets.ModelViewSet):
    """What stands on the shelves."""

    queryset = Copy.objects.with_status().select_related("branch")
    serializer_class = CopySerializer
    pagination_class = PageNumber
    filter_backends = [DjangoFilterBackend, OrderingFilter]
    filterset_class = CopyFilter
    ordering_fields = ["number", "acquired_on"]
