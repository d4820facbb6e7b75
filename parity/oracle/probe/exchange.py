"""Parsers and renderers: `parse/…` answers what a body was read as, `render/…` values as they are written."""

import datetime
import uuid
from decimal import Decimal

from django.urls import path
from rest_framework import parsers, renderers
from rest_framework.response import Response
from rest_framework.views import APIView


class ParseView(APIView):
    """What the body was read as."""

    def post(self, request, filename=None):
        files = {name: [file.name, file.size] for name, file in request.FILES.items()}
        data = request.data
        if hasattr(data, "lists"):
            data = {name: values for name, values in data.lists() if name not in files}
        return Response({"data": data, "files": files})


class FileParseView(ParseView):
    """A body that is a file."""

    parser_classes = [parsers.FileUploadParser]

    def post(self, request, filename=None):
        file = request.data["file"]
        return Response({"name": file.name, "size": file.size})


class TextRenderer(renderers.BaseRenderer):
    media_type = "text/plain"
    format = "txt"
    charset = "utf-8"

    def render(self, data, accepted_media_type=None, renderer_context=None):
        return f"status {renderer_context['response'].status_code}\n"


class RenderView(APIView):
    """JSON or text."""

    renderer_classes = [renderers.JSONRenderer, TextRenderer]

    def get(self, request, format=None):
        return Response({"renderer": request.accepted_renderer.format})

    post = get


class TextView(RenderView):
    """Text before JSON."""

    renderer_classes = [TextRenderer, renderers.JSONRenderer]


class ValueView(APIView):
    """Values as JSON."""

    value = None

    def get(self, request):
        return Response(self.value)


class EmptyView(APIView):
    """A status without a body."""

    def get(self, request, status):
        return Response(status=status)


NUMBERS = [
    0.0,
    -0.0,
    1.0,
    100.0,
    0.1,
    1 / 3,
    1e15,
    1e16,
    1e22,
    1.5e300,
    123456789012345680.0,
    0.0001,
    0.00001,
    1e-7,
    5e-324,
    2**53 + 1,
    10**30,
    -7,
]
TEXTS = [
    "é ☃ 😀",
    "\u2028 \u2029",
    "\n \t \r \b \f",
    "\x00 \x01 \x1f \x7f",
    "/ < > & ' \" \\",
    "",
]
BARE = {
    "decimal": Decimal("1.10"),
    "timedelta": datetime.timedelta(days=1, seconds=1.5),
    "datetime": datetime.datetime(2020, 1, 2, 3, 4, 5, tzinfo=datetime.UTC),
    "date": datetime.date(2020, 1, 2),
    "time": datetime.time(3, 4, 5),
    "uuid": uuid.UUID(int=1),
    "keys": {1: "one", None: "none", 1.5: "float"},
    "tuple": (1, 2),
}
CONTAINERS = {"object": {}, "array": [], "nested": {"a": [1, {"b": None}]}, "true": True, "null": None}

urlpatterns = [
    path("parse/", ParseView.as_view()),
    path("parse/json/", ParseView.as_view(parser_classes=[parsers.JSONParser])),
    path("parse/form/", ParseView.as_view(parser_classes=[parsers.FormParser])),
    path("parse/multipart/", ParseView.as_view(parser_classes=[parsers.MultiPartParser])),
    path("parse/file/", FileParseView.as_view()),
    path("parse/file/<filename>/", FileParseView.as_view()),
    path("render/", RenderView.as_view()),
    path("render/text/", TextView.as_view()),
    path("render/json/", RenderView.as_view(renderer_classes=[renderers.JSONRenderer])),
    path("render/numbers/", ValueView.as_view(value=NUMBERS)),
    path("render/texts/", ValueView.as_view(value=TEXTS)),
    path("render/bare/", ValueView.as_view(value=BARE)),
    path("render/containers/", ValueView.as_view(value=CONTAINERS)),
    path("render/scalar/", ValueView.as_view(value=1.0)),
    path("render/nothing/<int:status>/", EmptyView.as_view()),
]
