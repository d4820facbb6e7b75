from django.conf import settings
from django.urls import include, path
from django.views.static import serve
from rest_framework.authtoken.views import obtain_auth_token
from rest_framework.routers import DefaultRouter

from accounts.views import UserViewSet
from catalog.views import AuthorViewSet, BookViewSet, SubjectViewSet
from circulation.views import LoanViewSet
from holdings.views import BranchViewSet, CopyViewSet
from reviews.views import ReviewViewSet

router = DefaultRouter()
router.register("authors", AuthorViewSet)
router.register("subjects", SubjectViewSet)
router.register("books", BookViewSet)
router.register("branches", BranchViewSet)
router.register("copies", CopyViewSet)
router.register("loans", LoanViewSet)
router.register("reviews", ReviewViewSet)
router.register("users", UserViewSet)

urlpatterns = [
    path("api/", include(router.urls)),
    path("api/api-token-auth/", obtain_auth_token),
    path("api/auth/", include("rest_framework.urls")),
    path("probe/", include("probe.urls")),
    path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}),
]
