-- What Django's own post-migrate step writes. A database that Django has filled already keeps its rows.

insert into django_content_type (app_label, model)
values
    ('auth', 'permission'),
    ('auth', 'group'),
    ('auth', 'user'),
    ('contenttypes', 'contenttype'),
    ('sessions', 'session'),
    ('authtoken', 'token'),
    ('authtoken', 'tokenproxy'),
    ('catalog', 'author'),
    ('catalog', 'subject'),
    ('catalog', 'book'),
    ('holdings', 'branch'),
    ('holdings', 'copy'),
    ('circulation', 'loan'),
    ('reviews', 'review')
on conflict (app_label, model) do nothing;

-- The name is the model's verbose name, which is not always the content type's.
insert into auth_permission (name, content_type_id, codename)
select
    format('Can %s %s', permitted.action, labelled.label),
    django_content_type.id,
    format('%s_%s', permitted.action, django_content_type.model)
from (
    values
        (1, 'auth', 'permission', 'permission'),
        (2, 'auth', 'group', 'group'),
        (3, 'auth', 'user', 'user'),
        (4, 'contenttypes', 'contenttype', 'content type'),
        (5, 'sessions', 'session', 'session'),
        (6, 'authtoken', 'token', 'Token'),
        (7, 'authtoken', 'tokenproxy', 'Token'),
        (8, 'catalog', 'author', 'author'),
        (9, 'catalog', 'subject', 'subject'),
        (10, 'catalog', 'book', 'book'),
        (11, 'holdings', 'branch', 'branch'),
        (12, 'holdings', 'copy', 'copy'),
        (13, 'circulation', 'loan', 'loan'),
        (14, 'reviews', 'review', 'review')
) as labelled (position, app_label, model, label)
join django_content_type using (app_label, model)
cross join (
    values (1, 'add'), (2, 'change'), (3, 'delete'), (4, 'view')
) as permitted (position, action)
order by labelled.position, permitted.position
on conflict (content_type_id, codename) do nothing;
