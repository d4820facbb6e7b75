"""Uniqueness, and many rows in one request."""

from rest_framework import serializers, viewsets

from .echo import ListOfErrors
from .models import Entry, Post, Slot


class EntrySerializer(serializers.ModelSerializer):
    class Meta:
        model = Entry
        fields = ["id", "code", "a", "b", "c", "d"]


class SlotSerializer(serializers.ModelSerializer):
    class Meta:
        model = Slot
        fields = ["id", "room", "hour", "seat", "active"]


class PostSerializer(serializers.ModelSerializer):
    class Meta:
        model = Post
        fields = ["id", "title", "slug", "section", "day"]


class ListedEntrySerializer(EntrySerializer):
    class Meta(EntrySerializer.Meta):
        list_serializer_class = ListOfErrors


class EntryViewSet(viewsets.ModelViewSet):
    """A unique column and two sets that are unique together."""

    queryset = Entry.objects.all()
    serializer_class = EntrySerializer


class SlotViewSet(viewsets.ModelViewSet):
    """Unique on a condition, and with nulls that count."""

    queryset = Slot.objects.all()
    serializer_class = SlotSerializer


class PostViewSet(viewsets.ModelViewSet):
    """Unique in a day, a month and a year."""

    queryset = Post.objects.all()
    serializer_class = PostSerializer


class BulkViewSet(EntryViewSet):
    """Lists of entries are created, and single ones."""

    def get_serializer(self, *args, **kwargs):
        kwargs.setdefault("many", isinstance(kwargs.get("data"), list))
        return super().get_serializer(*args, **kwargs)


class ListedBulkViewSet(BulkViewSet):
    """The same with errors as a list."""

    serializer_class = ListedEntrySerializer
