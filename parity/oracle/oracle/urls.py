from django.conf import settings
from django.urls import include, path
from django.views.static import serve
from rest_framework.routers import DefaultRouter

from catalog.views import AuthorViewSet, BookViewSet, SubjectViewSet
from holdings.views import BranchViewSet, CopyViewSet

router = DefaultRouter()
router.register("authors", AuthorViewSet)
router.register("subjects", SubjectViewSet)
router.register("books", BookViewSet)
router.register("branches", BranchViewSet)
router.register("copies", CopyViewSet)

urlpatterns = [
    path("api/", include(router.urls)),
    path("probe/", include("probe.urls")),
    path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}),
]
