from django_filters import rest_framework as filters

from .models import Branch, Copy


class CopyFilter(filters.FilterSet):
    branch = filters.ModelChoiceFilter(queryset=Branch.objects.all(), to_field_name="slug")
    status = filters.ChoiceFilter(choices=[("available", "Available"), ("on_loan", "On loan")])

    class Meta:
        model = Copy
        fields = {"book": ["exact"], "branch": ["exact"], "condition": ["exact", "in", "gte"]}
