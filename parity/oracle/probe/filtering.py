"""Filters, search and ordering of things; the answers are short, since only which rows are there counts."""

from django.forms import CharField
from django_filters import rest_framework as filters
from rest_framework import serializers, viewsets
from rest_framework.filters import SearchFilter

from oracle.filters import OrderingFilter

from .models import Label, Maker, Thing

TEXT = [
    "exact",
    "iexact",
    "contains",
    "icontains",
    "startswith",
    "istartswith",
    "endswith",
    "iendswith",
    "in",
    "gt",
    "range",
    "regex",
    "iregex",
    "isnull",
]
NUMBER = ["exact", "gt", "gte", "lt", "lte", "in", "range", "isnull"]


class ThingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Thing
        fields = ["id", "name"]


class LookupFilter(filters.FilterSet):
    class Meta:
        model = Thing
        fields = {
            "id": ["exact", "in"],
            "name": TEXT,
            "note": ["exact", "icontains"],
            "number": NUMBER,
            "big": NUMBER,
            "price": NUMBER,
            "ratio": NUMBER,
            "active": ["exact"],
            "maybe": ["exact", "isnull"],
            "level": ["exact", "gte", "in"],
            "color": ["exact", "in", "icontains", "isnull"],
            "day": ["exact", "gt", "lte", "in", "range", "year", "year__gt", "month", "day", "week_day"],
            "at": ["exact", "gt", "lte", "date", "date__gt", "year", "hour", "hour__gte"],
            "hour": ["exact", "gt", "hour"],
            "span": ["exact", "gt", "lte"],
            "code": ["exact", "in"],
            "ip": ["exact", "isnull"],
            "maker": ["exact", "in", "isnull"],
            "maker__name": ["exact", "icontains"],
            "labels": ["exact"],
            "labels__slug": ["exact", "in"],
        }


class DeclaredFilter(filters.FilterSet):
    price = filters.RangeFilter()
    day = filters.DateFromToRangeFilter()
    at = filters.IsoDateTimeFromToRangeFilter()
    at_day = filters.DateFromToRangeFilter(field_name="at")
    hour = filters.TimeRangeFilter()
    seen = filters.DateRangeFilter(field_name="seen_on")
    level = filters.MultipleChoiceFilter(choices=Thing.level.field.choices)
    labels = filters.ModelMultipleChoiceFilter(queryset=Label.objects.all(), conjoined=True)
    slug = filters.ModelMultipleChoiceFilter(
        field_name="labels__slug", to_field_name="slug", queryset=Label.objects.all()
    )
    maker = filters.ModelChoiceFilter(queryset=Maker.objects.all(), null_label="None")
    maker_slug = filters.ModelChoiceFilter(field_name="maker", to_field_name="slug", queryset=Maker.objects.all())
    not_color = filters.CharFilter(field_name="color", exclude=True)
    few = filters.BooleanFilter(method="filter_few")
    big = filters.RangeFilter()
    not_big_gt = filters.NumberFilter(field_name="big", lookup_expr="gt", exclude=True)
    not_number_lte = filters.NumberFilter(field_name="number", lookup_expr="lte", exclude=True)
    day_month_gt = filters.NumberFilter(field_name="day__month", lookup_expr="gt")
    lk = filters.LookupChoiceFilter(field_name="name", field_class=CharField, lookup_choices=["icontains", "iexact"])
    number = filters.NumberFilter(lookup_expr="gte", label="At least")
    o = filters.OrderingFilter(fields=[("price", "cost"), ("name", "name")])

    class Meta:
        model = Thing
        fields = []

    def filter_few(self, things, name, few):
        return things.filter(number__lt=11) if few else things.filter(number__gte=11)


class RequiredFilter(filters.FilterSet):
    level = filters.NumberFilter(required=True)


class ThingViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Thing.objects.all()
    serializer_class = ThingSerializer


class LookupViewSet(ThingViewSet):
    """Every lookup of every type, and search and ordering behind them."""

    filter_backends = [filters.DjangoFilterBackend, SearchFilter, OrderingFilter]
    filterset_class = LookupFilter
    search_fields = ["name"]
    ordering_fields = ["name", "number"]


class DeclaredViewSet(ThingViewSet):
    """Filters that are declared one by one."""

    filter_backends = [filters.DjangoFilterBackend]
    filterset_class = DeclaredFilter


class ListedViewSet(ThingViewSet):
    """Filters from a list of names: all exact."""

    filter_backends = [filters.DjangoFilterBackend]
    filterset_fields = ["number", "active", "color"]


class RequiredViewSet(ThingViewSet):
    """A filter that must be there."""

    filter_backends = [filters.DjangoFilterBackend]
    filterset_class = RequiredFilter


class SearchViewSet(ThingViewSet):
    """Search by substrings."""

    filter_backends = [SearchFilter]
    search_fields = ["name", "note", "number", "maker__name", "labels__name"]


class PrefixedSearchViewSet(ThingViewSet):
    """Search by the prefixes of the names."""

    filter_backends = [SearchFilter]
    search_fields = ["^name", "=note", "$color"]


class FullTextSearchViewSet(ThingViewSet):
    """Search by words."""

    filter_backends = [SearchFilter]
    search_fields = ["@note"]


class LookupSearchViewSet(ThingViewSet):
    """Search by a lookup."""

    filter_backends = [SearchFilter]
    search_fields = ["name__startswith"]


class NoSearchViewSet(ThingViewSet):
    """Search without fields."""

    filter_backends = [SearchFilter]


class OrderedSerializer(serializers.ModelSerializer):
    cost = serializers.DecimalField(8, 2, source="price")
    maker_name = serializers.CharField(source="maker.name", required=False)
    upper = serializers.SerializerMethodField()

    class Meta:
        model = Thing
        fields = ["id", "name", "cost", "maker_name", "upper", "number", "level"]
        extra_kwargs = {"number": {"write_only": True}}

    def get_upper(self, thing):
        return thing.name.upper()


class OrderingViewSet(ThingViewSet):
    """Ordering by some names."""

    filter_backends = [OrderingFilter]
    ordering_fields = ["name", "price", "color", "maker__name", "maker"]
    ordering = ["-id"]


class AllOrderingViewSet(ThingViewSet):
    """Ordering by every column."""

    filter_backends = [OrderingFilter]
    ordering_fields = "__all__"


class UnsetOrderingViewSet(ThingViewSet):
    """Ordering by what the serializer shows."""

    serializer_class = OrderedSerializer
    filter_backends = [OrderingFilter]
