import uuid
from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Exists, OuterRef, Value, When

from catalog.models import Book
from circulation.models import Loan
from oracle.dates import today


class Branch(models.Model):
    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    email = models.EmailField()
    opens_at = models.TimeField()
    closes_at = models.TimeField()
    latitude = models.FloatField(null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)])
    longitude = models.FloatField(null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)])
    loan_period = models.DurationField(default=timedelta(days=21))
    kiosk_ip = models.GenericIPAddressField(null=True, blank=True)
    is_open = models.BooleanField(default=True)

    class Meta:
        managed = False
        ordering = ["name"]

    def due_on(self):
        """When a copy has to be back that is lent today."""
        return today() + timedelta(days=self.loan_period.days)


def is_lent():
    return Exists(Loan.objects.filter(copy=OuterRef("pk"), returned_at=None))


class CopyQuerySet(models.QuerySet):
    def available(self):
        return self.filter(~is_lent())

    def with_status(self):
        return self.annotate(status=Case(When(is_lent(), then=Value("on_loan")), default=Value("available")))


class Copy(models.Model):
    class Condition(models.IntegerChoices):
        NEW = 1
        GOOD = 2
        FAIR = 3
        POOR = 4

    book = models.ForeignKey(Book, models.CASCADE, related_name="copies")
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="copies")
    number = models.IntegerField(validators=[MinValueValidator(1)])
    barcode = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    condition = models.SmallIntegerField(choices=Condition, default=Condition.GOOD)
    acquired_on = models.DateField(default=today)

    objects = CopyQuerySet.as_manager()

    class Meta:
        managed = False
        ordering = ["book_id", "number"]
        constraints = [models.UniqueConstraint(fields=["book", "number"], name="holdings_copy_book_id_number_key")]
