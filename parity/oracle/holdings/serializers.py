from rest_framework import serializers

from .models import Branch, Copy


class BranchSerializer(serializers.HyperlinkedModelSerializer):
    class Meta:
        model = Branch
        fields = [
            "url",
            "name",
            "slug",
            "email",
            "opens_at",
            "closes_at",
            "latitude",
            "longitude",
            "loan_period",
            "kiosk_ip",
            "is_open",
        ]
        extra_kwargs = {"url": {"lookup_field": "slug"}}

    def validate(self, attrs):
        opens_at = attrs.get("opens_at", getattr(self.instance, "opens_at", None))
        closes_at = attrs.get("closes_at", getattr(self.instance, "closes_at", None))
        if closes_at <= opens_at:
            raise serializers.ValidationError({"closes_at": ["A branch closes after it opens."]}, code="hours_reversed")
        return attrs


class CopySerializer(serializers.ModelSerializer):
    branch = serializers.SlugRelatedField(slug_field="slug", queryset=Branch.objects.all())
    status = serializers.CharField(read_only=True, default="available")

    class Meta:
        model = Copy
        fields = ["id", "book", "branch", "number", "barcode", "condition", "acquired_on", "status"]


class AddCopiesSerializer(serializers.Serializer):
    branch = serializers.SlugRelatedField(slug_field="slug", queryset=Branch.objects.all())
    count = serializers.IntegerField(min_value=1, max_value=50)
