"""The service as its users meet it: a command line and an API."""

import http.client
import json
import os
import subprocess
import time
from base64 import b64encode
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

SCRATCH = Path(os.environ["SCRATCH"])
START_SECONDS = 60


def library(*arguments, typed="", **environment):
    """What the sub-command prints; it must succeed."""
    done = subprocess.run(
        [os.environ["LIBRARY"], *arguments],
        cwd=SCRATCH,
        input=typed,
        env=os.environ | {"RUST_LOG": "warn"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"library {' '.join(arguments)}: {done.stderr}"
    return done.stdout.strip()


@dataclass
class Answer:
    status: int
    body: str
    cookies: dict

    @property
    def json(self):
        return json.loads(self.body)


class Service:
    """`library serve` on a port of its own, until the `with` ends."""

    def __enter__(self):
        log = SCRATCH / "service.log"
        environment = {"BIND_ADDR": "127.0.0.1:0", "THROTTLE_LOGIN": "", "RUST_LOG": "info"}
        with log.open("w") as file:
            self.process = subprocess.Popen(
                [os.environ["LIBRARY"], "serve"], cwd=SCRATCH, env=os.environ | environment, stderr=file
            )
        for _ in range(START_SECONDS * 10):
            _, found, rest = log.read_text().partition("listening on http://")
            if found and "," in rest:
                self.address = rest.split(",")[0]
                return self
            assert self.process.poll() is None, log.read_text()
            time.sleep(0.1)
        raise AssertionError("the service did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def send(self, method, path, *, token=None, basic=None, cookies=None, form=None, data=None):
        headers, body = {}, None
        if token:
            headers["Authorization"] = f"Token {token}"
        if basic:
            headers["Authorization"] = "Basic " + b64encode(":".join(basic).encode()).decode()
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
            headers["X-CSRFToken"] = cookies.get("csrftoken", "")
        if form is not None:
            headers["Content-Type"], body = "application/x-www-form-urlencoded", urlencode(form)
        if data is not None:
            headers["Content-Type"], body = "application/json", json.dumps(data)
        connection = http.client.HTTPConnection(self.address, timeout=60)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        set_cookies = SimpleCookie()
        for header in response.headers.get_all("Set-Cookie", []):
            set_cookies.load(header)
        answer = Answer(
            response.status, response.read().decode(), {name: item.value for name, item in set_cookies.items()}
        )
        connection.close()
        return answer

    def get(self, path, **options):
        return self.send("GET", path, **options)

    def token(self, username, password):
        """The token that the API gives for a password; `None` if it gives none."""
        answer = self.send("POST", "/api/api-token-auth/", data={"username": username, "password": password})
        return answer.json["token"] if answer.status == 200 else None

    def sign_in(self, username, password):
        """The cookies of a browser that filled out the form."""
        cookies = self.get("/api/auth/login/").cookies
        form = {"username": username, "password": password, "csrfmiddlewaretoken": cookies["csrftoken"]}
        answer = self.send("POST", "/api/auth/login/", cookies=cookies, form=form)
        assert answer.status == 302, answer
        return cookies | answer.cookies

    def who(self, **options):
        """The name of who asks; `None` if nobody is signed in."""
        answer = self.get("/api/users/me/", **options)
        assert answer.status in (200, 401), answer
        return answer.json["username"] if answer.status == 200 else None


def show(check, *arguments):
    """Runs a check, and says in its own name what it has shown."""
    check(*arguments)
    print("ok", check.__name__.replace("_", " "), flush=True)
