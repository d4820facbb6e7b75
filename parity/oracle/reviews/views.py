from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import viewsets
from rest_framework.permissions import IsAuthenticatedOrReadOnly

from oracle.filters import OrderingFilter
from oracle.pagination import PageNumber

from .filters import ReviewFilter
from .models import Review
from .permissions import IsReviewerOrStaff
from .serializers import ReviewSerializer


class ReviewViewSet(viewsets.ModelViewSet):
    """What readers think of the books."""

    queryset = Review.objects.select_related("reviewer")
    serializer_class = ReviewSerializer
    permission_classes = [IsAuthenticatedOrReadOnly, IsReviewerOrStaff]
    pagination_class = PageNumber
    filter_backends = [DjangoFilterBackend, OrderingFilter]
    filterset_class = ReviewFilter
    ordering_fields = ["stars", "created_at"]

    def perform_create(self, serializer):
        serializer.save(reviewer=self.request.user)
