from rest_framework import serializers

from .models import Author, Book, Subject
from .validators import isbn13, not_in_future


class AuthorSerializer(serializers.ModelSerializer):
    books_count = serializers.IntegerField(read_only=True, default=0)

    class Meta:
        model = Author
        fields = ["id", "name", "bio", "born_on", "died_on", "website", "books_count", "created_at"]

    def validate(self, attrs):
        born_on = attrs.get("born_on", getattr(self.instance, "born_on", None))
        died_on = attrs.get("died_on", getattr(self.instance, "died_on", None))
        if born_on and died_on and died_on < born_on:
            raise serializers.ValidationError("Nobody dies before birth.", code="dates_reversed")
        return attrs


class AuthorSummary(serializers.ModelSerializer):
    class Meta:
        model = Author
        fields = ["id", "name"]


class SubjectSerializer(serializers.HyperlinkedModelSerializer):
    class Meta:
        model = Subject
        fields = ["url", "name", "slug"]
        extra_kwargs = {"url": {"lookup_field": "slug"}}


class BookSerializer(serializers.ModelSerializer):
    author_detail = AuthorSummary(source="author", read_only=True)
    subjects = serializers.SlugRelatedField(
        slug_field="slug", many=True, required=False, queryset=Subject.objects.all()
    )
    keywords = serializers.ListField(child=serializers.CharField(max_length=40), max_length=12, required=False)
    copies_available = serializers.IntegerField(read_only=True, default=0)
    average_stars = serializers.FloatField(read_only=True, default=None)

    class Meta:
        model = Book
        fields = [
            "id",
            "title",
            "isbn",
            "author",
            "author_detail",
            "subjects",
            "published_on",
            "pages",
            "price",
            "language",
            "summary",
            "keywords",
            "metadata",
            "is_reference",
            "weight_kg",
            "copies_available",
            "average_stars",
            "cover",
            "created_at",
            "updated_at",
        ]

    def validate_isbn(self, isbn):
        isbn13(isbn)
        return isbn

    def validate_published_on(self, published_on):
        if published_on:
            not_in_future(published_on)
        return published_on
