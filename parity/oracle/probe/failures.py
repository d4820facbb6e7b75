"""Exceptions: `GET /probe/raise/<name>/` raises one."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.urls import path
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import APIView


class Teapot(exceptions.APIException):
    status_code = 418
    default_detail = "This is a teapot."
    default_code = "teapot"


FAILURES = {
    "api-exception": lambda: exceptions.APIException(),
    "validation": lambda: exceptions.ValidationError(),
    "validation-text": lambda: exceptions.ValidationError("text"),
    "validation-code": lambda: exceptions.ValidationError("text", code="special"),
    "validation-list": lambda: exceptions.ValidationError(["one", "two"]),
    "validation-dict": lambda: exceptions.ValidationError({"a": "text", "b": ["one", "two"], "c": {"d": ["text"]}}),
    "validation-values": lambda: exceptions.ValidationError({"a": [1, None, True, 1.5]}),
    "parse-error": lambda: exceptions.ParseError(),
    "authentication-failed": lambda: exceptions.AuthenticationFailed(),
    "not-authenticated": lambda: exceptions.NotAuthenticated(),
    "permission-denied": lambda: exceptions.PermissionDenied(),
    "permission-denied-code": lambda: exceptions.PermissionDenied("text", code="special"),
    "permission-denied-dict": lambda: exceptions.PermissionDenied({"why": "text", "how": ["one"]}),
    "permission-denied-list": lambda: exceptions.PermissionDenied(["one", "two"]),
    "not-found": lambda: exceptions.NotFound(),
    "method-not-allowed": lambda: exceptions.MethodNotAllowed("GET"),
    "not-acceptable": lambda: exceptions.NotAcceptable(),
    "unsupported-media-type": lambda: exceptions.UnsupportedMediaType("text/x"),
    "throttled": lambda: exceptions.Throttled(),
    "throttled-wait": lambda: exceptions.Throttled(wait=9.2),
    "custom": lambda: Teapot(),
    "custom-code": lambda: Teapot("text", "special"),
    "django-404": lambda: Http404("text"),
    "django-403": lambda: PermissionDenied("text"),
    "suspicious": lambda: SuspiciousOperation("text"),
    "unknown": lambda: RuntimeError("text"),
}


class RaiseView(APIView):
    """Raises."""

    def get(self, request, name):
        raise FAILURES[name]()


class HandledView(RaiseView):
    """Raises, and answers in a way of its own."""

    def get_exception_handler(self):
        return handle


def handle(exc, context):
    if isinstance(exc, exceptions.NotFound):
        return None
    return Response({"error": getattr(exc, "default_code", "error")}, status=status.HTTP_400_BAD_REQUEST)


urlpatterns = [
    path("raise/<name>/", RaiseView.as_view()),
    path("raise-handled/<name>/", HandledView.as_view()),
]
