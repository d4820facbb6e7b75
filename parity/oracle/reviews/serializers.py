from rest_framework import serializers

from .models import Review


class ReviewSerializer(serializers.ModelSerializer):
    reviewer = serializers.SlugRelatedField(slug_field="username", read_only=True)

    class Meta:
        model = Review
        fields = ["id", "book", "reviewer", "stars", "title", "body", "created_at", "updated_at"]

    def validate(self, attrs):
        if self.instance:
            reviewer, book = self.instance.reviewer, attrs.get("book", self.instance.book)
            others = Review.objects.exclude(pk=self.instance.pk)
        else:
            reviewer, book, others = self.context["request"].user, attrs["book"], Review.objects
        if others.filter(book=book, reviewer=reviewer).exists():
            raise serializers.ValidationError("One review of a book is enough.", code="unique")
        return attrs
