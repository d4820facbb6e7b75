"""Django's database with a thousand users, which the library moves into: `docs/django-database.md`."""

import json
import os

import django

django.setup()

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Group, User
from library import SCRATCH, Service, library, show
from project import Browser, check_nothing_to_do, manage, query, rows, structure
from rest_framework.authtoken.models import Token

USERS = 1000
TOKENS = range(1, USERS, 10)
TABLES = "select tablename from pg_tables where schemaname = 'public'"
GROWING = ("auth_permission", "django_content_type", "django_migrations")


def password(number):
    return f"password of {number}"


def fill():
    manage("migrate", settings="before_the_library")
    hasher = PBKDF2PasswordHasher()
    names = [(number, f"user{number}") for number in range(USERS)]
    users = [
        User(
            username=name,
            first_name="Zoë",
            email=f"{name}@example.org",
            is_staff=number == 0,
            is_superuser=number == 0,
            is_active=number % 7 != 6,
            password=hasher.encode(password(number), f"{name:x<22}", 1000),
        )
        for number, name in names
    ]
    users = User.objects.bulk_create(users)
    group = Group.objects.create(name="Readers")
    group.user_set.set(users[:100])
    Token.objects.bulk_create([Token(key=f"{number:040x}", user=users[number]) for number in TOKENS])


def nothing_is_lost(before):
    for table, known in before.items():
        now = rows(table)
        assert known <= now, (table, known - now)
        assert table in GROWING or known == now, (table, now - known)
    assert User.objects.count() == USERS


def the_tables_are_those_that_we_make_ourselves():
    tables, expected = json.loads((SCRATCH / "structure.json").read_text())
    assert structure(tables) == expected


def sessions_go_on(service, cookies):
    assert service.who(cookies=cookies) == "user0"


def users_sign_in(service):
    for number in (0, 1, 999):
        name = f"user{number}"
        assert service.who(token=service.token(name, password(number))) == name
        assert service.token(name, password(number + 1)) is None
    assert service.token("user6", password(6)) is None
    assert service.who(basic=("user2", password(2))) == "user2"
    assert service.who(cookies=service.sign_in("user3", password(3))) == "user3"


def tokens_are_honoured(service):
    for number in TOKENS:
        expected = f"user{number}" if number % 7 != 6 else None
        assert service.who(token=f"{number:040x}") == expected


def django_goes_on(service):
    os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
    manage("migrate")
    check_nothing_to_do()
    superuser = Browser()
    assert superuser.login(username="user0", password=password(0))
    superuser.edit(f"/admin/auth/user/{User.objects.get(username='user4').pk}/change/", is_staff="on")
    answer = service.get("/api/users/", basic=("user4", password(4)))
    assert answer.status == 200, answer


fill()
browser = Browser()
browser.force_login(User.objects.get(username="user0"))
before = {table: rows(table) for (table,) in query(TABLES)}
assert "2026-01-31-120000_create_accounts" in library("migrate")
show(nothing_is_lost, before)
show(the_tables_are_those_that_we_make_ourselves)
with Service() as service:
    show(sessions_go_on, service, {"sessionid": browser.cookies["sessionid"].value})
    show(users_sign_in, service)
    show(tokens_are_honoured, service)
    show(django_goes_on, service)
