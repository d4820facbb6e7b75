-- This drops the users too, whoever created them; a table of another Django app that points at one stops it.

drop table authtoken_token;
drop table django_session;
drop table auth_user_user_permissions;
drop table auth_user_groups;
drop table auth_user;
drop table auth_group_permissions;
drop table auth_group;
drop table auth_permission;
drop table django_content_type;
