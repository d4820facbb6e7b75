"""Pagination: `GET /probe/pages/<name>/`."""

from rest_framework import generics, pagination, serializers

from oracle.filters import OrderingFilter

from .models import Row


class RowSerializer(serializers.ModelSerializer):
    class Meta:
        model = Row
        fields = ["id", "name"]


class Number(pagination.PageNumberPagination):
    page_size = 3


class SizedNumber(Number):
    page_size_query_param = "size"
    max_page_size = 5


class UnsizedNumber(pagination.PageNumberPagination):
    page_size = None


class Limit(pagination.LimitOffsetPagination):
    default_limit = 3
    max_limit = 5


class OpenLimit(pagination.LimitOffsetPagination):
    default_limit = None


class Cursor(pagination.CursorPagination):
    page_size = 3
    ordering = "-id"


class SizedCursor(Cursor):
    page_size_query_param = "size"
    max_page_size = 5


class DayCursor(Cursor):
    ordering = ("day", "id")


class TimeCursor(Cursor):
    ordering = ("-at", "-id")


class NameCursor(Cursor):
    ordering = ("name", "id")


class RankCursor(Cursor):
    ordering = ("rank", "id")


class RowList(generics.ListAPIView):
    """Rows in pages."""

    queryset = Row.objects.all()
    serializer_class = RowSerializer


class OrderedRowList(RowList):
    """Rows in an order that the request asks for."""

    filter_backends = [OrderingFilter]
    ordering_fields = ["id", "name"]
    ordering = ["-id"]


class NoRowList(RowList):
    """No rows."""

    queryset = Row.objects.filter(id__lt=0)


VIEWS = {
    "none": RowList.as_view(pagination_class=None),
    "number": RowList.as_view(pagination_class=Number),
    "number-sized": RowList.as_view(pagination_class=SizedNumber),
    "number-unsized": RowList.as_view(pagination_class=UnsizedNumber),
    "number-empty": NoRowList.as_view(pagination_class=Number),
    "limit": RowList.as_view(pagination_class=Limit),
    "limit-open": RowList.as_view(pagination_class=OpenLimit),
    "limit-empty": NoRowList.as_view(pagination_class=Limit),
    "cursor": RowList.as_view(pagination_class=Cursor),
    "cursor-sized": RowList.as_view(pagination_class=SizedCursor),
    "cursor-day": RowList.as_view(pagination_class=DayCursor),
    "cursor-time": RowList.as_view(pagination_class=TimeCursor),
    "cursor-name": RowList.as_view(pagination_class=NameCursor),
    "cursor-rank": RowList.as_view(pagination_class=RankCursor),
    "cursor-ordered": OrderedRowList.as_view(pagination_class=Cursor),
    "cursor-empty": NoRowList.as_view(pagination_class=Cursor),
}
