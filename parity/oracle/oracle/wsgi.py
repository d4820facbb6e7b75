"""What the server calls."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oracle.settings")

django = get_wsgi_application()


def application(environ, start_response):
    """Django leaves it to the server to drop the body of a HEAD response; waitress does not."""
    response = django(environ, start_response)
    if environ["REQUEST_METHOD"] == "HEAD":
        response.close()
        return []
    return response
