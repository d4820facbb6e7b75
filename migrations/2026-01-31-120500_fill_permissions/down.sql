-- Only the library's own rows: those of Django's apps may have been there before, with grants that point at them.

create temporary table library_permission on commit drop as
select auth_permission.id
from auth_permission
join django_content_type on django_content_type.id = auth_permission.content_type_id
where django_content_type.app_label in ('catalog', 'holdings', 'circulation', 'reviews');

delete from auth_group_permissions where permission_id in (select id from library_permission);
delete from auth_user_user_permissions where permission_id in (select id from library_permission);
delete from auth_permission where id in (select id from library_permission);
delete from django_content_type where app_label in ('catalog', 'holdings', 'circulation', 'reviews');
