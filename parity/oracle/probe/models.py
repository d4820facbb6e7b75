import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Table(models.Model):
    class Meta:
        abstract = True
        managed = False


class Color(models.TextChoices):
    RED = "red"
    BLUE = "blue"


class Size(models.IntegerChoices):
    SMALL = 1
    LARGE = 2


class Column(Table):
    name = models.CharField(max_length=20)
    note = models.TextField(blank=True, default="")
    email = models.EmailField(blank=True, default="")
    url = models.URLField(blank=True, default="")
    slug = models.SlugField(blank=True, default="")
    number = models.IntegerField(null=True, blank=True)
    small = models.SmallIntegerField(null=True, blank=True)
    positive = models.PositiveIntegerField(null=True, blank=True)
    positive_small = models.PositiveSmallIntegerField(null=True, blank=True)
    big = models.BigIntegerField(null=True, blank=True)
    ratio = models.FloatField(null=True, blank=True)
    price = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    rate = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    flag = models.BooleanField(default=True)
    maybe = models.BooleanField(null=True, blank=True)
    day = models.DateField(null=True, blank=True)
    at = models.DateTimeField(null=True, blank=True)
    hour = models.TimeField(null=True, blank=True)
    span = models.DurationField(null=True, blank=True)
    code = models.UUIDField(unique=True, default=uuid.uuid4)
    ip = models.GenericIPAddressField(null=True, blank=True)
    color = models.CharField(max_length=10, choices=Color, default=Color.RED)
    size = models.SmallIntegerField(choices=Size, null=True, blank=True, help_text="How large it is.")
    data = models.JSONField(blank=True, default=dict)
    tags = ArrayField(models.CharField(max_length=20), blank=True, default=list)
    file = models.FileField(blank=True, upload_to="files")
    image = models.ImageField(null=True, blank=True, upload_to="images")
    stamp = models.IntegerField("Time stamp", db_default=5)
    secret = models.CharField(max_length=20, default="hidden", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)


class Maker(Table):
    name = models.CharField(max_length=60)
    slug = models.CharField(max_length=60, unique=True)
    owner = models.CharField(max_length=20, blank=True, default="")

    class Meta(Table.Meta):
        ordering = ["name"]

    def __str__(self):
        return self.name


class Label(Table):
    name = models.CharField(max_length=40)
    slug = models.SlugField(max_length=40, unique=True)

    class Meta(Table.Meta):
        ordering = ["name"]

    def __str__(self):
        return self.name


class Item(Table):
    maker = models.ForeignKey(Maker, models.PROTECT, related_name="items")
    title = models.CharField(max_length=80)
    editor = models.ForeignKey(Maker, models.SET_NULL, null=True, blank=True, related_name="edited_items")
    labels = models.ManyToManyField(Label, blank=True)

    class Meta(Table.Meta):
        ordering = ["id"]


class Token(Table):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=40)

    class Meta(Table.Meta):
        ordering = ["name"]


class Badge(Table):
    name = models.CharField(max_length=40)
    token = models.ForeignKey(Token, models.CASCADE)

    class Meta(Table.Meta):
        ordering = ["id"]


class Note(Table):
    text = models.CharField(max_length=40)
    maker = models.ForeignKey(Maker, models.CASCADE, to_field="slug", db_column="maker_slug", related_name="notes")
    approver = models.ForeignKey(
        Maker, models.SET_NULL, null=True, limit_choices_to={"owner": "ann"}, related_name="approved_notes"
    )
    item = models.OneToOneField(Item, models.CASCADE)
    makers = models.ManyToManyField(Maker, related_name="noted_in")
    labels = models.ManyToManyField(Label, through="NoteLabel")

    class Meta(Table.Meta):
        ordering = ["id"]


class NoteLabel(Table):
    note = models.ForeignKey(Note, models.CASCADE)
    label = models.ForeignKey(Label, models.CASCADE)
    rank = models.IntegerField()

    class Meta(Table.Meta):
        db_table = "probe_note_label"


class Order(Table):
    code = models.CharField(max_length=20)

    class Meta(Table.Meta):
        ordering = ["id"]


class Address(Table):
    order = models.OneToOneField(Order, models.CASCADE)
    street = models.CharField(max_length=60)
    code = models.CharField(max_length=20, unique=True)


class Line(Table):
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    name = models.CharField(max_length=40)
    quantity = models.IntegerField(default=1)

    class Meta(Table.Meta):
        ordering = ["id"]


class Entry(Table):
    code = models.CharField(max_length=20, unique=True)
    a = models.IntegerField()
    b = models.IntegerField(null=True, blank=True)
    c = models.CharField(max_length=20, default="x")
    d = models.CharField(max_length=20, blank=True, default="")

    class Meta(Table.Meta):
        ordering = ["id"]
        unique_together = [("a", "c"), ("b", "d")]


class Slot(Table):
    room = models.IntegerField()
    hour = models.IntegerField()
    seat = models.IntegerField(null=True, blank=True)
    active = models.BooleanField(default=True)

    class Meta(Table.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["room", "hour"], condition=Q(active=True), name="probe_slot_room_hour_active_key"
            ),
            models.UniqueConstraint(
                fields=["room", "seat"],
                nulls_distinct=False,
                violation_error_code="taken",
                violation_error_message="The seat is taken.",
                name="probe_slot_room_seat_key",
            ),
        ]


class Post(Table):
    title = models.CharField(max_length=40, unique_for_year="day")
    slug = models.CharField(max_length=40, unique_for_date="day")
    section = models.CharField(max_length=40, unique_for_month="day")
    day = models.DateField(null=True, blank=True)

    class Meta(Table.Meta):
        ordering = ["id"]


class Row(Table):
    name = models.CharField(max_length=20)
    day = models.DateField()
    at = models.DateTimeField()
    rank = models.IntegerField(null=True)

    class Meta(Table.Meta):
        ordering = ["id"]


class Thing(Table):
    name = models.CharField(max_length=60)
    note = models.TextField(blank=True, default="")
    number = models.IntegerField()
    big = models.BigIntegerField(null=True)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    ratio = models.FloatField(null=True)
    active = models.BooleanField()
    maybe = models.BooleanField(null=True)
    level = models.SmallIntegerField(choices=[(1, "Low"), (2, "Middle"), (3, "High")])
    color = models.CharField(max_length=10, choices=Color, null=True)
    day = models.DateField()
    at = models.DateTimeField()
    hour = models.TimeField()
    span = models.DurationField()
    code = models.UUIDField(unique=True)
    ip = models.GenericIPAddressField(null=True)
    seen_on = models.DateField()
    maker = models.ForeignKey(Maker, models.SET_NULL, null=True, related_name="things")
    labels = models.ManyToManyField(Label)

    class Meta(Table.Meta):
        ordering = ["id"]
