"""Error bodies: texts, codes or both at their leaves."""

from django.conf import settings
from django.db.models import ProtectedError
from rest_framework import views
from rest_framework.exceptions import APIException


class Protected(APIException):
    status_code = 409
    default_detail = "Other objects refer to this one."
    default_code = "protected"


def exception_handler(exc, context):
    if isinstance(exc, ProtectedError):
        exc = Protected()
    response = views.exception_handler(exc, context)
    if response is not None:
        response.data = with_detail(response.data)
    return response


def with_detail(error):
    if isinstance(error, dict):
        return {key: with_detail(value) for key, value in error.items()}
    if isinstance(error, list):
        return [with_detail(value) for value in error]
    if settings.ERROR_DETAIL == "code":
        return error.code
    if settings.ERROR_DETAIL == "full":
        return {"message": error, "code": error.code}
    return error
