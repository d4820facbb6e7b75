"""The Django side: `manage.py`, a browser that fills out the admin's forms, and what the tables are made of."""

import os
import subprocess
import sys
from html.parser import HTMLParser

from django.db import connection
from django.test import Client

COLUMNS = """
    select table_name, column_name, data_type, character_maximum_length, is_nullable, column_default, is_identity
    from information_schema.columns where table_schema = 'public' order by 1, 2"""
CONSTRAINTS = """
    select conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    from pg_constraint where connamespace = 'public'::regnamespace order by 1, 2"""
INDEXES = "select tablename, indexname, indexdef from pg_indexes where schemaname = 'public' order by 1, 2"


def manage(*arguments, settings="settings"):
    """What `manage.py` prints; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", "django", *arguments, "--settings", settings],
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"manage.py {' '.join(arguments)}: {done.stdout}{done.stderr}"
    return done.stdout.strip()


def check_nothing_to_do():
    assert manage("check", "--database", "default") == "System check identified no issues (0 silenced)."
    assert "No planned migration operations" in manage("migrate", "--plan")
    assert manage("makemigrations", "--check", "--dry-run") == "No changes detected"


def query(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def rows(table):
    return {str(row) for row in query(f'select * from "{table}"')}


def structure(tables):
    """Columns, constraints and indexes of these tables, with their names."""
    return [[list(row) for row in query(sql) if row[0] in tables] for sql in (COLUMNS, CONSTRAINTS, INDEXES)]


class FormParser(HTMLParser):
    """What a browser would send of the page's main form if nobody changed anything."""

    def __init__(self, page):
        super().__init__()
        self.fields, self.select, self.text = {}, None, None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        name = attributes.get("name")
        if tag == "select":
            self.select = name
        elif tag == "textarea":
            self.text, self.fields[name] = name, [""]
        elif tag == "option" and self.select and "selected" in attributes:
            self.fields.setdefault(self.select, []).append(attributes.get("value", ""))
        elif tag == "input" and name and self.is_sent(attributes):
            unsaid = "on" if attributes.get("type") == "checkbox" else ""
            self.fields.setdefault(name, []).append(attributes.get("value", unsaid))

    def handle_endtag(self, tag):
        if tag in ("select", "textarea"):
            self.select = self.text = None

    def handle_data(self, data):
        if self.text:
            self.fields[self.text][0] += data

    @staticmethod
    def is_sent(attributes):
        kind = attributes.get("type", "text")
        return kind not in ("file", "submit", "button") and (
            kind not in ("checkbox", "radio") or "checked" in attributes
        )


class Browser(Client):
    """Django's test client, with forms."""

    def page(self, path):
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.content.decode()

    def edit(self, path, **changes):
        """Opens a page of the admin, changes some fields, saves."""
        saved = self.post(path, FormParser(self.page(path)).fields | changes)
        problems = saved.context and saved.context.get("errors")
        assert saved.status_code == 302, (path, saved.status_code, problems)

    def who(self):
        """The name of who is signed in; empty for nobody."""
        return self.get("/who/").json()["username"]

    def take_session(self, cookies):
        self.cookies["sessionid"] = cookies["sessionid"]
        return self
