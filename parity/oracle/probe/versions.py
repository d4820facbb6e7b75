"""Versioning: one prefix a scheme; the answer is the version and a link to the same view."""

from django.urls import include, path
from rest_framework import versioning
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView


class VersionView(APIView):
    """Which version was asked for."""

    name = None

    def get(self, request, **kwargs):
        return Response({"version": request.version, "link": reverse(self.name, request=request)})


def views(scheme, name):
    """The same scheme with nothing said, with two allowed versions, and with a default beside them."""
    allowed = type("Allowed", (scheme,), {"allowed_versions": ["1.0", "2.0", "v1"]})
    default = type("Default", (allowed,), {"default_version": "1.0"})
    kinds = {"any": scheme, "allowed": allowed, "default": default}
    return {kind: VersionView.as_view(versioning_class=kinds[kind], name=f"{name}-{kind}") for kind in kinds}


def paths(prefix, scheme, name, route=""):
    return [path(f"{prefix}/{kind}/{route}", view, name=f"{name}-{kind}") for kind, view in views(scheme, name).items()]


class Namespace(versioning.NamespaceVersioning):
    allowed_versions = ["v1", "v2"]
    default_version = "v1"


namespaced = [
    path("", VersionView.as_view(versioning_class=Namespace, name="version-namespace"), name="version-namespace")
]

urlpatterns = [
    path("v-none/", VersionView.as_view(name="version-none"), name="version-none"),
    *paths("v-accept", versioning.AcceptHeaderVersioning, "version-accept"),
    *paths("v-path", versioning.URLPathVersioning, "version-path", "<version>/"),
    *paths("v-path-less", versioning.URLPathVersioning, "version-path-less"),
    *paths("v-host", versioning.HostNameVersioning, "version-host"),
    *paths("v-query", versioning.QueryParameterVersioning, "version-query"),
    path("v-namespace/", include(namespaced)),
    path("v-namespace/v1/", include((namespaced, "probe"), namespace="v1")),
    path("v-namespace/v2/", include((namespaced, "probe"), namespace="v2")),
    path("v-namespace/v9/", include((namespaced, "probe"), namespace="v9")),
]
