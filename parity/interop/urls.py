from django.apps import apps
from django.contrib import admin
from django.urls import path
from rest_framework.authentication import SessionAuthentication, TokenAuthentication
from rest_framework.authtoken.views import obtain_auth_token
from rest_framework.decorators import api_view, authentication_classes
from rest_framework.response import Response

if apps.is_installed("catalog"):
    admin.site.register(list(apps.get_app_config("catalog").get_models()))


@api_view()
@authentication_classes([TokenAuthentication, SessionAuthentication])
def who(request):
    return Response({"username": request.user.username})


urlpatterns = [
    path("admin/", admin.site.urls),
    path("api-token-auth/", obtain_auth_token),
    path("who/", who),
]
