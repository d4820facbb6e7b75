"""Relations: each way to write and to show the maker, the editor and the labels of an item."""

from rest_framework import serializers, viewsets

from .models import Badge, Item, Label, Maker, Note


class MakerSerializer(serializers.ModelSerializer):
    class Meta:
        model = Maker
        fields = ["id", "name", "slug", "items"]


class LabelSerializer(serializers.HyperlinkedModelSerializer):
    class Meta:
        model = Label
        fields = ["url", "name", "slug"]
        extra_kwargs = {"url": {"lookup_field": "slug"}}


class KeysSerializer(serializers.ModelSerializer):
    class Meta:
        model = Item
        fields = "__all__"


class SlugsSerializer(serializers.ModelSerializer):
    maker = serializers.SlugRelatedField(slug_field="slug", queryset=Maker.objects.all())
    editor = serializers.SlugRelatedField(
        slug_field="id", allow_null=True, required=False, queryset=Maker.objects.all()
    )
    labels = serializers.SlugRelatedField(slug_field="slug", many=True, allow_empty=False, queryset=Label.objects.all())

    class Meta:
        model = Item
        fields = ["id", "title", "maker", "editor", "labels"]


class LinksSerializer(serializers.HyperlinkedModelSerializer):
    class Meta:
        model = Item
        fields = ["url", "title", "maker", "editor", "labels"]
        extra_kwargs = {"url": {"view_name": "link-detail"}, "labels": {"lookup_field": "slug"}}


class TextsSerializer(serializers.ModelSerializer):
    maker = serializers.StringRelatedField()
    editor = serializers.StringRelatedField()
    labels = serializers.StringRelatedField(many=True)

    class Meta:
        model = Item
        fields = ["id", "title", "maker", "editor", "labels"]


class DeepSerializer(serializers.ModelSerializer):
    class Meta:
        model = Item
        fields = ["id", "title", "maker", "editor", "labels"]
        depth = 1


class ScopedMakers(serializers.PrimaryKeyRelatedField):
    def get_queryset(self):
        return Maker.objects.filter(owner=self.context["request"].headers.get("X-Owner", ""))


class ScopedSerializer(serializers.ModelSerializer):
    maker = ScopedMakers()

    class Meta:
        model = Item
        fields = ["id", "title", "maker"]


class BadgeSerializer(serializers.ModelSerializer):
    class Meta:
        model = Badge
        fields = ["id", "name", "token"]


class NoteSerializer(serializers.ModelSerializer):
    class Meta:
        model = Note
        fields = "__all__"


class MakerViewSet(viewsets.ModelViewSet):
    """Makers with the keys of their items."""

    queryset = Maker.objects.all()
    serializer_class = MakerSerializer


class LabelViewSet(viewsets.ModelViewSet):
    """Labels, looked up by slug."""

    queryset = Label.objects.all()
    serializer_class = LabelSerializer
    lookup_field = "slug"


class ItemViewSet(viewsets.ModelViewSet):
    queryset = Item.objects.all()


class KeysViewSet(ItemViewSet):
    """Relations as primary keys."""

    serializer_class = KeysSerializer


class SlugsViewSet(ItemViewSet):
    """Relations as slugs."""

    serializer_class = SlugsSerializer


class LinksViewSet(ItemViewSet):
    """Relations as links."""

    serializer_class = LinksSerializer


class TextsViewSet(ItemViewSet):
    """Relations as texts."""

    serializer_class = TextsSerializer


class DeepViewSet(ItemViewSet):
    """Relations as objects."""

    serializer_class = DeepSerializer


class ScopedViewSet(ItemViewSet):
    """Items of the makers that belong to `X-Owner`."""

    serializer_class = ScopedSerializer

    def get_queryset(self):
        return Item.objects.filter(maker__owner=self.request.headers.get("X-Owner", ""))


class BadgeViewSet(viewsets.ModelViewSet):
    """A relation to a UUID."""

    queryset = Badge.objects.all()
    serializer_class = BadgeSerializer


class NoteViewSet(viewsets.ModelViewSet):
    """Relations of the rarer kinds."""

    queryset = Note.objects.all()
    serializer_class = NoteSerializer
