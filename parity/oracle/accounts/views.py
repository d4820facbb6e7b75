from django.contrib.auth.models import User
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAdminUser, IsAuthenticated
from rest_framework.response import Response

from oracle.pagination import PageNumber

from .serializers import MeSerializer, UserSerializer


class UserViewSet(viewsets.ModelViewSet):
    """People with an account."""

    queryset = User.objects.prefetch_related("groups").order_by("id")
    serializer_class = UserSerializer
    permission_classes = [IsAdminUser]
    pagination_class = PageNumber

    @action(
        detail=False, methods=["get", "patch"], permission_classes=[IsAuthenticated], serializer_class=MeSerializer
    )
    def me(self, request, format=None):
        """Who is signed in."""
        if request.method == "PATCH":
            serializer = self.get_serializer(request.user, data=request.data, partial=True)
            serializer.is_valid(raise_exception=True)
            serializer.save()
        else:
            serializer = self.get_serializer(request.user)
        return Response(serializer.data)
