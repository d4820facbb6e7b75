"""What the oracle takes from the environment, and what it is made of."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit


def database(url):
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "OPTIONS": dict(parse_qsl(parts.query)),
        "CONN_MAX_AGE": None,
    }


SECRET_KEY = os.environ.get("SECRET_KEY", "the oracle is for tests alone and keeps no secrets")
DEBUG = False
ALLOWED_HOSTS = ["*"]

# "message", "code" or "full": what stands at the leaves of error bodies.
ERROR_DETAIL = os.environ.get("ERROR_DETAIL", "message")

DATABASES = {"default": database(os.environ["DATABASE_URL"])}
SILENCED_SYSTEM_CHECKS = ["rest_framework.W001"]  # Each view names its own paginator.
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django_filters",
    "rest_framework",
    "rest_framework.authtoken",
    "accounts",
    "catalog",
    "holdings",
    "circulation",
    "reviews",
    "probe",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "oracle.urls"
WSGI_APPLICATION = "oracle.wsgi.application"
APPEND_SLASH = True
LOGOUT_REDIRECT_URL = "/accounts/profile/"  # The page that Django shows without it comes with its admin.
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ]
        },
    }
]

AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", "probe.permissions.OwnerBackend"]

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True

MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", "media")).absolute()
MEDIA_URL = "/media/"

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
        "rest_framework.authentication.BasicAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.DjangoModelPermissionsOrAnonReadOnly"],
    "PAGE_SIZE": int(os.environ.get("PAGE_SIZE", 20)),
    "EXCEPTION_HANDLER": "oracle.exceptions.exception_handler",
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False}},
}
