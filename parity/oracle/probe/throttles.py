"""Throttles: `/probe/throttled/<name>/` may be asked for some times by each user or `X-Forwarded-For`.

The rates are so slow that no run is long enough to see the end of a period.
"""

from django.urls import path
from rest_framework.authentication import TokenAuthentication
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle, ScopedRateThrottle, UserRateThrottle
from rest_framework.views import APIView


RATES = {
    "anon": "2/day",
    "user": "2/d",
    "burst": "2/hour",
    "sustained": "3/days",
    "shared": "2/day",
    "alone": "1/day",
    "never": "0/s",
    "month": "1/month",
    "closed": "1/day",
    "off": None,
}


class ScopedThrottle(ScopedRateThrottle):
    THROTTLE_RATES = RATES


class ThrottledView(APIView):
    """May be asked for, but not too often."""

    authentication_classes = [TokenAuthentication]
    throttle_scope = None

    def get(self, request):
        return Response({"user": request.user.username or None})


def throttled(*throttles, scope=None, permission=AllowAny):
    return ThrottledView.as_view(throttle_classes=throttles, throttle_scope=scope, permission_classes=[permission])


def anon(scope):
    return type("Throttle", (AnonRateThrottle,), {"THROTTLE_RATES": RATES, "scope": scope})


def user(scope):
    return type("Throttle", (UserRateThrottle,), {"THROTTLE_RATES": RATES, "scope": scope})


VIEWS = {
    "anon": throttled(anon("anon")),
    "user": throttled(user("user")),
    "user-too": throttled(user("user")),
    "both": throttled(user("burst"), user("sustained")),
    "scoped-one": throttled(ScopedThrottle, scope="shared"),
    "scoped-two": throttled(ScopedThrottle, scope="shared"),
    "scoped-alone": throttled(ScopedThrottle, scope="alone"),
    "scoped-none": throttled(ScopedThrottle),
    "never": throttled(anon("never")),
    "month": throttled(anon("month")),
    "off": throttled(anon("off")),
    "closed": throttled(user("closed"), permission=IsAuthenticated),
}

urlpatterns = [path(f"throttled/{name}/", view) for name, view in VIEWS.items()]
