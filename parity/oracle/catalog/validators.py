import re

from rest_framework.serializers import ValidationError

from oracle.dates import today


def isbn13(isbn):
    if not re.fullmatch("[0-9]{13}", isbn) or checksum(isbn) % 10 != 0:
        raise ValidationError("This is not an ISBN-13.", code="invalid_isbn")


def checksum(isbn):
    return sum(map(int, isbn[::2])) + 3 * sum(map(int, isbn[1::2]))


def not_in_future(date):
    if date > today():
        raise ValidationError("This day is yet to come.", code="in_future")
