-- One user for each role, all with the password `library`, hashed once as the tests' settings say; the key of each token
-- starts with the user's id.
insert into auth_user (id, username, password, is_superuser, is_staff, is_active, first_name, last_name, email, date_joined)
select id, username, 'pbkdf2_sha256$1$salt$s7DKRB33/OhrJDhrHaTxWPYGnpKmFEdSBzFAPFuQtwE=', is_superuser, is_staff, is_active, '', '', username || '@example.org', '2026-01-01'
from (
    values
        (1, 'admin', true, true, true),
        (2, 'librarian', false, false, true),
        (3, 'reader1', false, false, true),
        (4, 'reader2', false, false, true),
        (5, 'staff', false, true, true),
        (6, 'inactive', false, false, false)
) as person (id, username, is_superuser, is_staff, is_active);
select setval(pg_get_serial_sequence('auth_user', 'id'), 6);

insert into authtoken_token (key, created, user_id)
select rpad(id::text, 40, 'f'), '2026-01-01', id from auth_user;

insert into auth_group (id, name) values (1, 'Librarians');
select setval(pg_get_serial_sequence('auth_group', 'id'), 1);
insert into auth_user_groups (user_id, group_id) values (2, 1);
insert into auth_group_permissions (group_id, permission_id)
select 1, auth_permission.id
from auth_permission
join django_content_type on django_content_type.id = content_type_id
where app_label = 'catalog';
