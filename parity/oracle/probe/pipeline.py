"""Which error wins: `/probe/pipeline/` asks for `X-User: ann` or `root`, and lets an `X-Address` ask thrice a minute.

`ann` may not delete, and may not touch the maker with id 2.
"""

from django.contrib.auth.models import User
from django_filters import rest_framework as filters
from rest_framework import viewsets
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.throttling import SimpleRateThrottle

from .models import Maker
from .relations import MakerSerializer


class HeaderAuthentication(BaseAuthentication):
    def authenticate(self, request):
        name = request.headers.get("X-User")
        if name is None:
            return None
        if name not in ("ann", "root"):
            raise AuthenticationFailed()
        return User(username=name), None

    def authenticate_header(self, request):
        return "Header"


class MayTouch(BasePermission):
    def has_permission(self, request, view):
        return request.user.username == "root" or request.method != "DELETE"

    def has_object_permission(self, request, view, maker):
        return request.user.username == "root" or maker.pk != 2


class AddressThrottle(SimpleRateThrottle):
    rate = "3/min"

    def get_cache_key(self, request, view):
        address = request.headers.get("X-Address")
        return address and f"throttle_address_{address}"


class MakerFilter(filters.FilterSet):
    class Meta:
        model = Maker
        fields = {"name": ["exact"], "id": ["gte"]}


class PipelineViewSet(viewsets.ModelViewSet):
    """Everything that may refuse a request."""

    queryset = Maker.objects.all()
    serializer_class = MakerSerializer
    authentication_classes = [HeaderAuthentication]
    permission_classes = [IsAuthenticated, MayTouch]
    throttle_classes = [AddressThrottle]
    filter_backends = [filters.DjangoFilterBackend]
    filterset_class = MakerFilter


class NoMetadataViewSet(viewsets.ModelViewSet):
    """Does not describe itself."""

    queryset = Maker.objects.all()
    serializer_class = MakerSerializer
    metadata_class = None


class ForbiddenViewSet(viewsets.ModelViewSet):
    """May be read, not written."""

    queryset = Maker.objects.all()
    serializer_class = MakerSerializer
    authentication_classes = [HeaderAuthentication]
    permission_classes = [MayTouch]
