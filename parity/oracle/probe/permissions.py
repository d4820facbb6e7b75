"""Permissions: `/probe/permitted/<name>/` lets users do with makers what a list of permissions says.

Of objects, `ann` owns makers 1 and 3, `bob` maker 2.
"""

from django.contrib.auth.backends import BaseBackend
from rest_framework import serializers, viewsets
from rest_framework.authentication import TokenAuthentication
from rest_framework.decorators import action
from rest_framework.permissions import (
    SAFE_METHODS,
    AllowAny,
    BasePermission,
    DjangoModelPermissions,
    DjangoModelPermissionsOrAnonReadOnly,
    DjangoObjectPermissions,
    IsAdminUser,
    IsAuthenticated,
    IsAuthenticatedOrReadOnly,
)
from rest_framework.response import Response

from .models import Maker


class OwnerBackend(BaseBackend):
    """Readers and `editor` may change what `ann` owns, and see what `bob` owns."""

    ALLOWED = {"ann": {"probe.view_maker", "probe.change_maker"}, "bob": {"probe.view_maker"}}

    def has_perm(self, user, perm, obj=None):
        return isinstance(obj, Maker) and perm in self.ALLOWED.get(obj.owner, ())


class IsRead(BasePermission):
    def has_permission(self, request, view):
        return request.method in SAFE_METHODS


class IsAnns(BasePermission):
    def has_object_permission(self, request, view, maker):
        return maker.owner == "ann"


class IsBobs(BasePermission):
    def has_object_permission(self, request, view, maker):
        return maker.owner == "bob"


class IsClosed(BasePermission):
    message = "Come back tomorrow."
    code = "closed"

    def has_permission(self, request, view):
        return False


class IsExplained(IsClosed):
    message = {"reason": "It is late.", "doors": ["front", "back"]}


class IsUnnamed(IsClosed):
    message = "Ask at the desk."
    code = None


class IsOthers(BasePermission):
    message = "This maker is somebody else's."
    code = "not_yours"

    def has_object_permission(self, request, view, maker):
        return False


class SeesObjectPermissions(DjangoObjectPermissions):
    perms_map = {**DjangoObjectPermissions.perms_map, "GET": ["%(app_label)s.view_%(model_name)s"]}


class MakerSerializer(serializers.ModelSerializer):
    class Meta:
        model = Maker
        fields = ["id", "name", "slug", "owner"]


class PermittedViewSet(viewsets.ModelViewSet):
    """Makers, for some."""

    queryset = Maker.objects.order_by("id")
    serializer_class = MakerSerializer
    authentication_classes = [TokenAuthentication]

    @action(detail=True, methods=["post"])
    def touch(self, request, pk, format=None):
        """Looks its object up."""
        return Response(self.get_serializer(self.get_object()).data)

    @action(detail=True, methods=["post"])
    def knock(self, request, pk, format=None):
        """Does not look its object up."""
        return Response({"pk": pk})


class ReadingViewSet(viewsets.ReadOnlyModelViewSet):
    """Makers that signed-in users may read."""

    queryset = Maker.objects.order_by("id")
    serializer_class = MakerSerializer
    authentication_classes = [TokenAuthentication]
    permission_classes = [IsAuthenticated]


class StrangerViewSet(PermittedViewSet):
    """Makers for users, whom nobody recognises."""

    authentication_classes = []
    permission_classes = [IsAuthenticated]


PERMISSIONS = {
    "any": [AllowAny],
    "authenticated": [IsAuthenticated],
    "admin": [IsAdminUser],
    "read-only": [IsAuthenticatedOrReadOnly],
    "closed": [IsClosed],
    "closed-explained": [IsExplained],
    "closed-unnamed": [IsUnnamed],
    "closed-and-any": [IsClosed & AllowAny],
    "closed-or-closed": [IsClosed | IsClosed],
    "closed-not-any": [~AllowAny],
    "closed-first": [IsClosed, IsExplained],
    "others": [IsOthers],
    "others-and-any": [IsOthers & AllowAny],
    "anns": [IsAnns],
    "users-and-anns": [IsAuthenticated & IsAnns],
    "not-anns": [~IsAnns],
    "not-admin": [~IsAdminUser],
    "admin-or-anns": [IsAdminUser | IsAnns],
    "read-or-anns": [IsRead | IsAnns],
    "read-anns-or-bobs": [(IsRead & IsAnns) | IsBobs],
    "read-or-admin-not-bobs": [(IsRead | IsAdminUser) & ~IsBobs],
    "users-not-admin-or-read": [(IsAuthenticated & ~IsAdminUser) | IsRead],
    "by-model": [DjangoModelPermissions],
    "by-model-or-read": [DjangoModelPermissionsOrAnonReadOnly],
    "by-object": [DjangoObjectPermissions],
    "by-object-seen": [SeesObjectPermissions],
}


def viewset(name, permissions):
    name = "".join([*(word.title() for word in name.split("-")), "ViewSet"])
    attributes = {"__doc__": PermittedViewSet.__doc__, "permission_classes": permissions}
    return type(name, (PermittedViewSet,), attributes)


def register(router):
    for name, permissions in PERMISSIONS.items():
        router.register(f"permitted/{name}", viewset(name, permissions), basename=f"permitted-{name}")
    router.register("permitted/stranger", StrangerViewSet, basename="permitted-stranger")
    router.register("permitted/reading", ReadingViewSet, basename="permitted-reading")
