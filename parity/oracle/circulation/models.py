from django.conf import settings
from django.db import models
from django.db.models import Q

from oracle.dates import today


class Loan(models.Model):
    copy = models.ForeignKey("holdings.Copy", models.PROTECT, related_name="loans")
    borrower = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="loans")
    borrowed_at = models.DateTimeField(auto_now_add=True)
    due_on = models.DateField()
    returned_at = models.DateTimeField(null=True, blank=True)
    renewals = models.SmallIntegerField(default=0)

    class Meta:
        managed = False
        constraints = [
            models.UniqueConstraint(
                fields=["copy"], condition=Q(returned_at=None), name="circulation_loan_copy_id_open_key"
            )
        ]

    @property
    def is_overdue(self):
        return self.returned_at is None and self.due_on < today()
