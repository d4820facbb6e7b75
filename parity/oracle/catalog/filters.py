from django.db.models import Exists, OuterRef
from django_filters import rest_framework as filters

from holdings.models import Copy

from .models import Author, Book, Subject


class AuthorFilter(filters.FilterSet):
    class Meta:
        model = Author
        fields = {
            "name": ["exact", "icontains", "istartswith"],
            "born_on": ["exact", "gte", "lte", "year", "isnull"],
        }


class BookFilter(filters.FilterSet):
    subjects = filters.ModelMultipleChoiceFilter("subjects__slug", queryset=Subject.objects.all(), to_field_name="slug")
    available = filters.BooleanFilter(method="filter_available")

    class Meta:
        model = Book
        fields = {
            "author": ["exact", "in"],
            "author__name": ["icontains"],
            "subjects": ["exact"],
            "language": ["exact", "in"],
            "isbn": ["exact"],
            "published_on": ["exact", "gte", "lte", "year"],
            "price": ["exact", "gte", "lte"],
            "pages": ["gte", "lte", "isnull"],
            "is_reference": ["exact"],
        }

    def filter_available(self, books, name, available):
        copies = Exists(Copy.objects.available().filter(book=OuterRef("pk")))
        return books.filter(copies if available else ~copies)
