"""Our database, with Django beside us: each uses what the other has written."""

import json
import os

import django

django.setup()

from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password, get_hasher
from django.contrib.auth.models import Group, Permission, User
from django.contrib.sessions.models import Session
from library import SCRATCH, Service, library, show
from project import Browser, check_nothing_to_do, manage, query, rows, structure
from rest_framework.authtoken.models import Token

PASSWORD = "correct horse battery"
OTHER = "staple correct horse"
TABLES = "select tablename from pg_tables where schemaname = 'public'"
DJANGO = ("auth_", "authtoken_", "django_content", "django_migrations", "django_session")


def django_finds_the_tables_as_it_would_have_made_them():
    tables = {name for (name,) in query(TABLES)}
    before, known = structure(tables), {name: rows(name) for name in tables}
    assert "contenttypes" not in manage("migrate", "--plan", "--fake-initial")
    manage("migrate", "--fake-initial")
    assert structure(tables) == before
    # Only the admin is new to the database.
    for name in tables:
        new = rows(name) - known[name]
        assert known[name] <= rows(name), name
        admins = {"django_content_type": "'logentry'", "auth_permission": "log entry", "django_migrations": "'admin'"}
        assert all(name in admins and admins[name] in row for row in new), (name, new)
    check_nothing_to_do()
    assert library("migrate") == "nothing to be applied"
    shared = sorted(name for name in tables if name.startswith(DJANGO))
    (SCRATCH / "structure.json").write_text(json.dumps([shared, structure(shared)]))


def a_superuser_of_ours_signs_in_to_the_admin(_service):
    library("createsuperuser", "--no-input", SUPERUSER_USERNAME="ours", SUPERUSER_PASSWORD=PASSWORD)
    browser = Browser()
    answer = browser.post("/admin/login/?next=/admin/", {"username": "ours", "password": PASSWORD})
    assert answer.status_code == 302, answer
    assert browser.get("/admin/").status_code == 200


def a_superuser_of_django_signs_in_here(service):
    os.environ["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
    manage("createsuperuser", "--no-input", "--username", "theirs", "--email", "theirs@example.org")
    assert service.who(token=service.token("theirs", PASSWORD)) == "theirs"
    assert service.get("/api/users/", basic=("theirs", PASSWORD)).status == 200
    cookies = service.sign_in("theirs", PASSWORD)
    assert service.who(cookies=cookies) == "theirs"
    assert service.send("DELETE", "/api/subjects/none/", cookies=cookies).status == 404


def tokens_cross_over(service):
    theirs = Token.objects.create(user=User.objects.get(username="ours"))
    assert service.who(token=theirs.key) == "ours"
    assert service.token("ours", PASSWORD) == theirs.key == library("token", "ours")
    ours = library("token", "admin")
    browser = Browser(headers={"Authorization": f"Token {ours}"})
    assert browser.who() == "admin"
    answer = Browser().post("/api-token-auth/", {"username": "admin", "password": "library"})
    assert answer.json() == {"token": ours}


def sessions_cross_over_and_end_together(service):
    browser = Browser()
    assert browser.login(username="ours", password=PASSWORD)
    cookies = {"sessionid": browser.cookies["sessionid"].value}
    assert service.who(cookies=cookies) == "ours"
    browser.logout()
    assert service.who(cookies=cookies) is None

    cookies = service.sign_in("ours", PASSWORD)
    assert Browser().take_session(cookies).who() == "ours"
    answer = service.send("POST", "/api/auth/logout/", cookies=cookies, form={})
    assert answer.status == 302, answer
    assert Browser().take_session(cookies).who() == ""
    assert not Session.objects.filter(session_key=cookies["sessionid"]).exists()


def another_password_ends_the_sessions_of_both(service):
    for old, new, change in ((PASSWORD, OTHER, change_password_here), (OTHER, PASSWORD, change_password_there)):
        browser = Browser()
        assert browser.login(username="ours", password=old)
        sessions = [{"sessionid": browser.cookies["sessionid"].value}, service.sign_in("ours", old)]
        for cookies in sessions:
            assert service.who(cookies=cookies) == Browser().take_session(cookies).who() == "ours"
        change("ours", new)
        for cookies in sessions:
            assert service.who(cookies=cookies) is None
            assert Browser().take_session(cookies).who() == ""
        assert service.token("ours", old) is None
        assert service.token("ours", new)
        assert Browser().login(username="ours", password=new)


def change_password_here(username, password):
    library("changepassword", username, typed=password + "\n")


def change_password_there(username, password):
    user = User.objects.get(username=username)
    form = {"password1": password, "password2": password, "usable_password": "true"}
    of_the_admin().edit(f"/admin/auth/user/{user.pk}/password/", **form)


def hashes_are_upgraded_by_either(service):
    hashers = map(get_hasher, ("pbkdf2_sha1", "argon2", "bcrypt_sha256", "scrypt"))
    others = [hasher.encode(PASSWORD, hasher.salt()) for hasher in hashers]
    weak = PBKDF2PasswordHasher().encode(PASSWORD, "a" * 22, 1000)
    for encoded in (weak, *others):
        user = User.objects.create(username="hashed", password=encoded)
        assert service.who(basic=("hashed", PASSWORD)) == "hashed"
        user.refresh_from_db()
        assert user.password.startswith("pbkdf2_sha256$1000000$"), user.password
        kept = user.password
        assert check_password(PASSWORD, kept, setter=lambda _: fail("our hash is upgraded"))
        user.password = encoded
        user.save()
        assert user.check_password(PASSWORD) and user.password != encoded
        upgraded = user.password
        assert service.who(basic=("hashed", PASSWORD)) == "hashed"
        user.refresh_from_db()
        assert user.password == upgraded
        assert service.get("/api/users/me/", basic=("hashed", OTHER)).status == 401
        user.delete()


def the_admin_edits_what_the_api_shows(service):
    admin = of_the_admin()
    book = service.get("/api/books/22/").json
    assert "/admin/catalog/book/22/change/" in admin.page("/admin/catalog/book/?id=22")
    admin.edit("/admin/catalog/book/22/change/", title="Edited by Django", price="12.34")
    edited = service.get("/api/books/22/").json
    assert edited["updated_at"] > book["updated_at"]
    changes = {"title": "Edited by Django", "price": "12.34", "updated_at": edited["updated_at"]}
    assert edited == book | changes

    group = Group.objects.get(name="Librarians")
    assert "Librarians" in admin.page("/admin/auth/group/")
    admin.edit(f"/admin/auth/group/{group.pk}/change/", name="Keepers")
    assert query(f"select name from auth_group where id = {group.pk}") == [("Keepers",)]

    reader = User.objects.get(username="reader1")
    path, staff = f"/api/users/{reader.pk}/", ("theirs", PASSWORD)
    user = service.get(path, basic=staff).json
    assert "reader1" in admin.page("/admin/auth/user/")
    changes = {"first_name": "Ada", "email": "ada@example.org", "groups": [group.pk]}
    admin.edit(f"/admin/auth/user/{reader.pk}/change/", **changes)
    edited = service.get(path, basic=staff).json
    assert edited == user | changes, edited


def what_the_api_writes_is_seen_in_the_admin(service):
    staff = {"basic": ("theirs", PASSWORD)}
    sent = {"username": "written", "password": PASSWORD, "is_staff": True}
    user = service.send("POST", "/api/users/", data=sent, **staff).json
    assert Browser().login(username="written", password=PASSWORD)
    assert "written" in of_the_admin().page("/admin/auth/user/?q=written")
    service.send("PATCH", "/api/books/23/", data={"title": "Written by the API"}, **staff)
    assert "Written by the API" in of_the_admin().page("/admin/catalog/book/23/change/")
    # Whom the admin's log knows can be deleted too.
    browser = Browser()
    User.objects.filter(pk=user["id"]).update(is_superuser=True)
    browser.force_login(User.objects.get(pk=user["id"]))
    browser.edit("/admin/catalog/subject/1/change/")
    assert service.send("DELETE", f"/api/users/{user['id']}/", **staff).status == 204
    assert not User.objects.filter(username="written").exists()


def permissions_that_the_admin_grants_hold_at_once(service):
    reader = User.objects.get(username="reader2")
    token = library("token", "reader2")
    subject = {"name": "Granted", "slug": "granted"}
    path = f"/admin/auth/user/{reader.pk}/change/"
    add = Permission.objects.get(codename="add_subject", content_type__app_label="catalog")
    group = Group.objects.create(name="Subjects")

    def may_add():
        status = service.send("POST", "/api/subjects/", token=token, data=subject).status
        assert status in (201, 400, 403), status
        return status != 403

    assert not may_add()
    of_the_admin().edit(path, user_permissions=[add.pk])
    assert may_add() and User.objects.get(pk=reader.pk).has_perm("catalog.add_subject")
    of_the_admin().edit(path, user_permissions=[], groups=[group.pk])
    assert not may_add()
    of_the_admin().edit(f"/admin/auth/group/{group.pk}/change/", permissions=[add.pk])
    assert may_add()
    of_the_admin().edit(path, is_active=[])
    assert service.get("/api/subjects/", token=token).status == 401


def of_the_admin():
    browser = Browser()
    browser.force_login(User.objects.get(username="theirs"))
    return browser


def fail(what):
    raise AssertionError(what)


CHECKS = [
    a_superuser_of_ours_signs_in_to_the_admin,
    a_superuser_of_django_signs_in_here,
    tokens_cross_over,
    sessions_cross_over_and_end_together,
    another_password_ends_the_sessions_of_both,
    hashes_are_upgraded_by_either,
    the_admin_edits_what_the_api_shows,
    what_the_api_writes_is_seen_in_the_admin,
    permissions_that_the_admin_grants_hold_at_once,
]

library("migrate")
library("seed")
show(django_finds_the_tables_as_it_would_have_made_them)
with Service() as service:
    for check in CHECKS:
        show(check, service)
