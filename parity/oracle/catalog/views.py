from django.db import transaction
from django.db.models import Avg, Count, FloatField, IntegerField, Max, OuterRef, Subquery
from django.db.models.functions import Cast, Coalesce
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.filters import SearchFilter
from rest_framework.response import Response

from holdings.models import Copy
from holdings.permissions import MayAddCopies
from holdings.serializers import AddCopiesSerializer, CopySerializer
from oracle.filters import OrderingFilter
from oracle.pagination import LimitOffset, PageNumber
from reviews.models import Review
from reviews.serializers import ReviewSerializer

from .filters import AuthorFilter, BookFilter
from .models import Author, Book, Subject
from .serializers import AuthorSerializer, BookSerializer, SubjectSerializer


def of_book(queryset, value):
    """An aggregate over the rows of `queryset` that belong to a book."""
    rows = queryset.filter(book=OuterRef("pk")).order_by().values("book")
    return Subquery(rows.annotate(value=value).values("value"))


class AuthorViewSet(viewsets.ModelViewSet):
    """People who wrote the books."""

    queryset = Author.objects.annotate(books_count=Count("books"))
    serializer_class = AuthorSerializer
    pagination_class = LimitOffset
    filter_backends = [DjangoFilterBackend, SearchFilter, OrderingFilter]
    filterset_class = AuthorFilter
    search_fields = ["name", "^website"]
    ordering_fields = ["name", "born_on", "books_count"]
    ordering = ["name"]  # Said here because Django drops a model's own ordering from a grouped query.


class SubjectViewSet(viewsets.ModelViewSet):
    """What the books are about."""

    queryset = Subject.objects.all()
    serializer_class = SubjectSerializer
    lookup_field = "slug"
    filter_backends = [SearchFilter]
    search_fields = ["name"]


class BookViewSet(viewsets.ModelViewSet):
    """The titles of the catalogue."""

    queryset = (
        Book.objects.select_related("author")
        .prefetch_related("subjects")
        .annotate(
            copies_available=Coalesce(of_book(Copy.objects.available(), Count("pk")), 0, output_field=IntegerField()),
            average_stars=of_book(Review.objects, Cast(Avg("stars"), FloatField())),
        )
    )
    serializer_class = BookSerializer
    pagination_class = PageNumber
    filter_backends = [DjangoFilterBackend, SearchFilter, OrderingFilter]
    filterset_class = BookFilter
    search_fields = ["title", "=isbn", "author__name"]
    ordering_fields = ["title", "price", "published_on", "created_at", "author__name"]

    @action(detail=False)
    def recent(self, request, format=None):
        """The newest books first."""
        return self.list_of(self.get_queryset().order_by("-created_at", "-id"))

    @action(detail=True, serializer_class=CopySerializer)
    def copies(self, request, pk, format=None):
        """The copies of one book, by number."""
        return self.list_of(Copy.objects.with_status().filter(book=self.get_object()).order_by("number"))

    @action(detail=True, methods=["post"], permission_classes=[MayAddCopies], serializer_class=AddCopiesSerializer)
    def add_copies(self, request, pk, format=None):
        """New copies of one book, numbered on from the highest."""
        book = self.get_object()
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        with transaction.atomic():
            Book.objects.select_for_update().get(pk=book.pk)
            highest = book.copies.aggregate(number=Coalesce(Max("number"), 0))["number"]
            branch, count = serializer.validated_data["branch"], serializer.validated_data["count"]
            numbers = range(highest + 1, highest + count + 1)
            copies = Copy.objects.bulk_create(Copy(book=book, branch=branch, number=number) for number in numbers)
        return Response(CopySerializer(copies, many=True).data, status=status.HTTP_201_CREATED)

    @action(detail=True, serializer_class=ReviewSerializer)
    def reviews(self, request, pk, format=None):
        """What readers think of one book."""
        return self.list_of(self.get_object().reviews.select_related("reviewer").order_by("-created_at", "-id"))

    def list_of(self, queryset):
        page = self.paginate_queryset(queryset)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
