from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=200)
    bio = models.TextField(blank=True, default="")
    born_on = models.DateField(null=True, blank=True)
    died_on = models.DateField(null=True, blank=True)
    website = models.URLField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        managed = False
        ordering = ["name", "id"]


class Subject(models.Model):
    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)

    class Meta:
        managed = False
        ordering = ["name"]


class Book(models.Model):
    class Language(models.TextChoices):
        ENGLISH = "en"
        FRENCH = "fr"
        GERMAN = "de"
        SPANISH = "es"
        ITALIAN = "it"
        PORTUGUESE = "pt"
        ARABIC = "ar"
        HINDI = "hi"
        SWAHILI = "sw"
        JAPANESE = "ja"
        CHINESE = "zh"

    title = models.CharField(max_length=200)
    isbn = models.CharField(max_length=13, unique=True)
    author = models.ForeignKey(Author, models.PROTECT, related_name="books")
    subjects = models.ManyToManyField(Subject, blank=True, related_name="books")
    published_on = models.DateField(null=True, blank=True)
    pages = models.IntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    price = models.DecimalField(max_digits=8, decimal_places=2, validators=[MinValueValidator(0)])
    language = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    summary = models.TextField(blank=True, default="")
    keywords = ArrayField(models.CharField(max_length=40), blank=True, default=list)
    metadata = models.JSONField(blank=True, default=dict)
    is_reference = models.BooleanField(default=False)
    weight_kg = models.FloatField(null=True, blank=True, validators=[MinValueValidator(0)])
    cover = models.ImageField(null=True, blank=True, upload_to="covers")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        managed = False
        ordering = ["title", "id"]
