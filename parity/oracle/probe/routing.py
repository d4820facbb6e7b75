"""Routing: `/probe/routing/…`; every handler answers its action and what the URL gave it."""

from django.urls import include, path, re_path
from rest_framework import permissions, viewsets
from rest_framework.decorators import action, api_view
from rest_framework.response import Response
from rest_framework.routers import APIRootView, DefaultRouter, SimpleRouter


class MirrorViewSet(viewsets.ViewSet):
    """Answers how it was called."""

    def mirror(self, request, **kwargs):
        kwargs.pop("format", None)
        return Response({"action": self.action, "kwargs": {name: str(value) for name, value in kwargs.items()}})

    list = create = retrieve = update = partial_update = destroy = mirror


class ReadOnlyMirrorViewSet(viewsets.ViewSet):
    """Answers how it was read."""

    mirror = MirrorViewSet.mirror
    list = retrieve = mirror


class DetailMirrorViewSet(viewsets.ViewSet):
    """Has no list."""

    retrieve = MirrorViewSet.mirror


class GetMirrorViewSet(MirrorViewSet):
    """Has fewer methods, and no OPTIONS."""

    http_method_names = ["get", "patch"]


class HexMirrorViewSet(MirrorViewSet):
    lookup_value_regex = "[0-9a-f]{4}"


class NamedMirrorViewSet(MirrorViewSet):
    lookup_field = "slug"


class KwargMirrorViewSet(MirrorViewSet):
    lookup_field = "slug"
    lookup_url_kwarg = "name"


class IntMirrorViewSet(MirrorViewSet):
    lookup_value_converter = "int"


class ActionViewSet(MirrorViewSet):
    """Has actions of every kind."""

    @action(detail=False)
    def recent(self, request, **kwargs):
        """The newest."""
        return self.mirror(request, **kwargs)

    @action(detail=False, methods=["get", "post"], url_path="two-verbs")
    def two_verbs(self, request, **kwargs):
        return self.mirror(request, **kwargs)

    @action(detail=True, methods=["post"])
    def set_price(self, request, **kwargs):
        """A new price."""
        return self.mirror(request, **kwargs)

    @action(detail=True, name="A better name")
    def titled(self, request, **kwargs):
        return self.mirror(request, **kwargs)

    @action(detail=True, url_path=r"pages/(?P<page>\d+)", url_name="one-page")
    def page(self, request, **kwargs):
        return self.mirror(request, **kwargs)

    @action(detail=True)
    def cover(self, request, **kwargs):
        return self.mirror(request, **kwargs)

    @cover.mapping.put
    def put_cover(self, request, **kwargs):
        return self.mirror(request, **kwargs)

    @cover.mapping.delete
    def delete_cover(self, request, **kwargs):
        return self.mirror(request, **kwargs)

    @action(detail=True, methods=["post"], permission_classes=[~permissions.AllowAny])
    def forbidden(self, request, **kwargs):
        return self.mirror(request, **kwargs)

    @action(detail=False)
    def links(self, request, **kwargs):
        """The URLs of the actions."""
        return Response(
            {
                "list": self.reverse_action("list"),
                "recent": self.reverse_action("recent"),
                "two-verbs": self.reverse_action("two-verbs"),
                "set-price": self.reverse_action("set-price", args=[7]),
                "one-page": self.reverse_action("one-page", args=[7, 8]),
            }
        )


@api_view(["GET"])
def get_only(request):
    """A function."""
    return Response({"method": request.method})


@api_view(["GET", "POST"])
def get_and_post(request):
    return Response({"method": request.method})


class ProbeRouter(DefaultRouter):
    class APIRootView(APIRootView):
        """Not the library's, so that its policies can be others."""


simple = SimpleRouter()
simple.register("mirrors", MirrorViewSet, basename="mirror")
simple.register("read-only", ReadOnlyMirrorViewSet, basename="read-only")
simple.register("details", DetailMirrorViewSet, basename="detail-mirror")
simple.register("methods", GetMirrorViewSet, basename="method")
simple.register("hex", HexMirrorViewSet, basename="hex")
simple.register("named", NamedMirrorViewSet, basename="named")
simple.register("kwargs", KwargMirrorViewSet, basename="kwarg")
simple.register("actions", ActionViewSet, basename="action")
simple.register(r"nests/(?P<nest>\d+)/mirrors", MirrorViewSet, basename="nested")

bare = ProbeRouter(trailing_slash=False)
bare.register("mirrors", MirrorViewSet, basename="bare-mirror")
bare.register("details", DetailMirrorViewSet, basename="bare-detail")
bare.register("actions", ActionViewSet, basename="bare-action")

default = ProbeRouter()
default.register("mirrors", MirrorViewSet, basename="default-mirror")
default.register("details", DetailMirrorViewSet, basename="default-detail")
default.register("actions", ActionViewSet, basename="default-action")

empty = SimpleRouter()
empty.register("", MirrorViewSet, basename="empty")

converted = SimpleRouter(use_regex_path=False)
converted.register("mirrors", MirrorViewSet, basename="converted")
converted.register("ints", IntMirrorViewSet, basename="int")

urlpatterns = [
    path("simple/", include(simple.urls)),
    path("bare/", include(bare.urls)),
    path("default/", include(default.urls)),
    path("empty/", include(empty.urls)),
    path("converted/", include(converted.urls)),
    path("functions/get/", get_only),
    path("functions/get-and-post/", get_and_post),
    re_path(r"^functions/no-slash$", get_only),
]
