from django.urls import include, path
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from . import (
    columns,
    credentials,
    echo,
    exchange,
    failures,
    filtering,
    pages,
    permissions,
    pipeline,
    relations,
    routing,
    throttles,
    uniqueness,
    versions,
    writes,
)

router = routing.ProbeRouter()
router.register("columns", columns.ColumnViewSet)
router.register("narrow", columns.NarrowViewSet, basename="narrow")
router.register("tokens", columns.TokenViewSet)
router.register("makers", relations.MakerViewSet)
router.register("labels", relations.LabelViewSet)
router.register("items", relations.KeysViewSet)
router.register("slugs", relations.SlugsViewSet, basename="slug")
router.register("links", relations.LinksViewSet, basename="link")
router.register("texts", relations.TextsViewSet, basename="text")
router.register("deep", relations.DeepViewSet, basename="deep")
router.register("scoped", relations.ScopedViewSet, basename="scoped")
router.register("badges", relations.BadgeViewSet)
router.register("notes", relations.NoteViewSet)
router.register("orders", writes.OrderViewSet)
router.register("read-only-orders", writes.ReadOnlyOrderViewSet, basename="read-only-order")
router.register("entries", uniqueness.EntryViewSet)
router.register("slots", uniqueness.SlotViewSet)
router.register("posts", uniqueness.PostViewSet)
router.register("bulk", uniqueness.BulkViewSet, basename="bulk")
router.register("bulk-listed", uniqueness.ListedBulkViewSet, basename="bulk-listed")
router.register("things", filtering.LookupViewSet)
router.register("things-declared", filtering.DeclaredViewSet, basename="declared")
router.register("things-listed", filtering.ListedViewSet, basename="listed")
router.register("things-required", filtering.RequiredViewSet, basename="required")
router.register("search", filtering.SearchViewSet, basename="search")
router.register("search-prefixed", filtering.PrefixedSearchViewSet, basename="search-prefixed")
router.register("search-full-text", filtering.FullTextSearchViewSet, basename="search-full-text")
router.register("search-lookup", filtering.LookupSearchViewSet, basename="search-lookup")
router.register("search-none", filtering.NoSearchViewSet, basename="search-none")
router.register("ordering", filtering.OrderingViewSet, basename="ordering")
router.register("ordering-all", filtering.AllOrderingViewSet, basename="ordering-all")
router.register("ordering-unset", filtering.UnsetOrderingViewSet, basename="ordering-unset")
router.register("pipeline", pipeline.PipelineViewSet, basename="pipeline")
router.register("no-metadata", pipeline.NoMetadataViewSet, basename="no-metadata")
router.register("forbidden", pipeline.ForbiddenViewSet, basename="forbidden")
permissions.register(router)

echoes = [path(f"{name}/", echo.EchoView.as_view(serializer_class=theme)) for name, theme in echo.THEMES.items()]
echoes += [
    path("nested-valid/", echo.ValidView.as_view(serializer_class=echo.Nested)),
    path("many/", echo.ManyView.as_view(serializer_class=echo.Sub)),
    path("many-listed/", echo.ManyView.as_view(serializer_class=echo.ListedSub)),
    path("many-bounded/", echo.ManyView.as_view(serializer_class=echo.Sub, limits={"min_length": 1, "max_length": 2})),
    path("many-filled/", echo.ManyView.as_view(serializer_class=echo.Sub, limits={"allow_empty": False})),
]

urlpatterns = [
    path("", include(router.urls)),
    path("echo/", include(echoes)),
    path("pages/", include([path(f"{name}/", view) for name, view in pages.VIEWS.items()])),
    path("routing/", include(routing)),
    path("", include(versions)),
    path("", include(exchange)),
    path("", include(failures)),
    path("", include(credentials)),
    path("", include(throttles)),
]


def open_to_all(patterns):
    """The library's policies are not the probe's: a view that names none has none."""
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            open_to_all(pattern.url_patterns)
        elif view := getattr(pattern.callback, "cls", None):
            if view.authentication_classes is APIView.authentication_classes:
                view.authentication_classes = []
            if view.permission_classes is APIView.permission_classes:
                view.permission_classes = [AllowAny]


open_to_all(urlpatterns)
