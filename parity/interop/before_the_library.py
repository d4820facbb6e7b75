"""The same project before it knows of the library."""

from settings import *  # noqa: F403
from settings import INSTALLED_APPS as ALL_APPS

INSTALLED_APPS = [app for app in ALL_APPS if "." in app or app == "rest_framework"]
