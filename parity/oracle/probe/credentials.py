"""Authentication: `/probe/who/<name>/` tells whom a list of authenticators recognised, and by what."""

from django.urls import path
from rest_framework.authentication import BasicAuthentication, SessionAuthentication, TokenAuthentication
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView


class BearerAuthentication(TokenAuthentication):
    keyword = "Bearer"


class WhoView(APIView):
    """Who asks."""

    def get(self, request):
        user = request.user.username if request.user.is_authenticated else None
        return Response({"user": user, "has_auth": request.auth is not None})

    def post(self, request):
        return self.get(request)

    def put(self, request):
        return self.get(request)


def who(permission, *authenticators):
    return WhoView.as_view(authentication_classes=authenticators, permission_classes=[permission])


VIEWS = {
    "default": who(AllowAny, SessionAuthentication, BasicAuthentication),
    "default-closed": who(IsAuthenticated, SessionAuthentication, BasicAuthentication),
    "basic": who(AllowAny, BasicAuthentication, SessionAuthentication),
    "basic-closed": who(IsAuthenticated, BasicAuthentication, SessionAuthentication),
    "token": who(AllowAny, TokenAuthentication, SessionAuthentication, BasicAuthentication),
    "token-closed": who(IsAuthenticated, TokenAuthentication, SessionAuthentication, BasicAuthentication),
    "bearer": who(IsAuthenticated, BearerAuthentication),
    "session": who(AllowAny, SessionAuthentication),
    "nobody": who(AllowAny),
    "nobody-closed": who(IsAuthenticated),
}

urlpatterns = [path(f"who/{name}/", view) for name, view in VIEWS.items()]
