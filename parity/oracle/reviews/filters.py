from django.contrib.auth.models import User
from django_filters import rest_framework as filters

from .models import Review


class ReviewFilter(filters.FilterSet):
    reviewer = filters.ModelChoiceFilter(queryset=User.objects.all(), to_field_name="username")

    class Meta:
        model = Review
        fields = {"book": ["exact"], "stars": ["exact", "gte", "lte"], "reviewer": ["exact"]}
