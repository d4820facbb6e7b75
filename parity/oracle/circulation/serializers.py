from rest_framework import serializers

from .models import Loan

MAX_OPEN_LOANS = 5


class LoanSerializer(serializers.ModelSerializer):
    is_overdue = serializers.BooleanField(read_only=True)

    class Meta:
        model = Loan
        fields = ["id", "copy", "borrower", "borrowed_at", "due_on", "returned_at", "renewals", "is_overdue"]
        read_only_fields = ["borrower", "due_on", "returned_at", "renewals"]
        extra_kwargs = {"copy": {"validators": []}}  # The rule below stands for the constraint's.

    def validate_copy(self, copy):
        if copy.loans.filter(returned_at=None).exists():
            raise serializers.ValidationError("Somebody has this copy.", code="unavailable")
        if copy.book.is_reference:
            raise serializers.ValidationError("This book stays in the house.", code="reference_only")
        return copy

    def validate(self, attrs):
        if self.context["request"].user.loans.filter(returned_at=None).count() >= MAX_OPEN_LOANS:
            raise serializers.ValidationError("Bring something back first.", code="too_many_loans")
        return attrs
