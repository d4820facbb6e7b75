"""Columns of every type: what a model serializer makes of them, and how they are stored."""

from rest_framework import serializers, viewsets

from .models import Column, Token


# A mapped array would give its items the label of the column.
TAGS = {"child": serializers.CharField(max_length=20)}


class ColumnSerializer(serializers.ModelSerializer):
    rate_rounded = serializers.DecimalField(6, 2, source="rate", read_only=True)
    is_named = serializers.SerializerMethodField()

    class Meta:
        model = Column
        fields = "__all__"
        read_only_fields = ["rate"]
        extra_kwargs = {"tags": TAGS}

    def get_is_named(self, column):
        return bool(column.name)


class NarrowSerializer(serializers.ModelSerializer):
    class Meta:
        model = Column
        fields = ["id", "name", "flag", "price", "tags"]
        extra_kwargs = {"name": {"min_length": 2}, "flag": {"default": True}, "price": {"required": True}, "tags": TAGS}


class TokenSerializer(serializers.ModelSerializer):
    class Meta:
        model = Token
        fields = ["id", "name"]


class ColumnViewSet(viewsets.ModelViewSet):
    """Every column."""

    queryset = Column.objects.order_by("id")
    serializer_class = ColumnSerializer


class NarrowViewSet(viewsets.ModelViewSet):
    """Some columns, with other rules."""

    queryset = Column.objects.order_by("id")
    serializer_class = NarrowSerializer


class TokenViewSet(viewsets.ModelViewSet):
    """A primary key that may be sent."""

    queryset = Token.objects.all()
    serializer_class = TokenSerializer
