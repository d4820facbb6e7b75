-- Users, tokens, loans and reviews beside the demo library: one user of each kind, and something for computed values to count.

insert into auth_user (username, password, is_superuser, first_name, last_name, email, is_staff, is_active, date_joined)
select username, password, username = 'keeper', '', '', '', username in ('keeper', 'clerk'), username <> 'gone',
       timestamptz '2025-01-01 00:00:00Z'
from (
    values
        ('parity1', '!'), ('parity2', '!'), ('parity3', '!'), ('parity4', '!'), ('keeper', '!'), ('clerk', '!'),
        ('editor', '!'),
        -- `library`
        ('gone', 'pbkdf2_sha256$1000000$restwellparity00000000$D6PD6HDwtBpZjBt3wWkDBx7Wq27hpbLWYDZB6mp4ipQ=')
) as person (username, password)
on conflict (username) do nothing;

-- Whose password is `né:colon `, with a space at its end. The id stands in the sessions below.
insert into auth_user (id, username, password, is_superuser, first_name, last_name, email, is_staff, is_active, date_joined)
values (1000000, 'élodie', 'pbkdf2_sha256$1000000$restwellparity00000001$UgvQq5zpGiDa5rKgtcwibUhm33G2D5T+pMNYS7afcTY=', false,
        '', '', '', false, true, timestamptz '2025-01-01 00:00:00Z')
on conflict (username) do nothing;

-- Sessions that Django wrote with the key of `scripts/parity`: good, over, signed with another key, and from before a new password.
insert into django_session (session_key, session_data, expire_date)
values
    ('djangogood0000000000000000000000',
     '.eJxVjEEOgjAQRe_StWkKU6bUpXvOQGaYqUUNJBRWxrsrhoX-7XvvP01P25r7rejSj2LOpnLfmdMvYRruOu1YbjRdZzvM07qMbHfFHrTYbhZ9XA737yBTyZ-afSCq1UvNLngYKEmUloEJERoEEARtWTU5xxATxkguhQpJuJEUzOsN1-Q54g:1xWShY:nIyq3_Z_5hDGu0r22M4P58fE-dynkyFdUZJ9U19wrvw',
     timestamptz '2999-01-01 00:00:00Z'),
    ('djangoover0000000000000000000000',
     '.eJxVjEEOgjAQRe_StWkKU6bUpXvOQGaYqUUNJBRWxrsrhoX-7XvvP01P25r7rejSj2LOpnLfmdMvYRruOu1YbjRdZzvM07qMbHfFHrTYbhZ9XA737yBTyZ-afSCq1UvNLngYKEmUloEJERoEEARtWTU5xxATxkguhQpJuJEUzOsN1-Q54g:1xWShY:nIyq3_Z_5hDGu0r22M4P58fE-dynkyFdUZJ9U19wrvw',
     timestamptz '2020-01-01 00:00:00Z'),
    ('djangoforged00000000000000000000',
     '.eJxVjEEOgjAQRe_StWkKU6bUpXvOQGaYqUUNJBRWxrsrhoX-7XvvP01P25r7rejSj2LOpnLfmdMvYRruOu1YbjRdZzvM07qMbHfFHrTYbhZ9XA737yBTyZ-afSCq1UvNLngYKEmUloEJERoEEARtWTU5xxATxkguhQpJuJEUzOsN1-Q54g:1xWShY:nIyq3_Z_5hDGu0r22M4P58fE-dynkyFdUZJ9U19wraa',
     timestamptz '2999-01-01 00:00:00Z'),
    ('djangoold00000000000000000000000',
     '.eJyrVopPLC3JiC8tTi2Kz0xRslIyVNJBFktKTM5OzQNJpGQl5qXn6yXn55UUZSbpgZToQWWL9XzzU1JznKBqUQzISCzOAOo2oBAo1QIAIvYyTQ:1xWShY:p8Br8uTr59_NMwhz6ZCQVSbmFoXK8F-0u-AIT1o2atM',
     timestamptz '2999-01-01 00:00:00Z')
on conflict (session_key) do nothing;

-- What `editor` may do, by permissions of their own.
insert into auth_user_user_permissions (user_id, permission_id)
select auth_user.id, auth_permission.id
from auth_user, auth_permission
where username = 'editor' and codename in ('add_book', 'change_author', 'delete_copy', 'view_loan')
on conflict (user_id, permission_id) do nothing;

-- Each token is two digits, 20 times.
insert into authtoken_token (key, created, user_id)
select repeat(digits, 20), timestamptz '2025-01-01 00:00:00Z', auth_user.id
from (
    values
        ('admin', 'a1'), ('librarian', 'b2'), ('reader1', 'c1'), ('reader2', 'c2'), ('clerk', 'd1'), ('editor', 'e1'),
        ('gone', 'f1'), ('keeper', '01'), ('parity4', '04')
) as token (username, digits)
join auth_user using (username)
on conflict (user_id) do update set key = excluded.key;

-- Copies 1 and 4 are lent, so that a book has fewer copies available, and another none; copy 2 came back.
insert into circulation_loan (copy_id, borrower_id, borrowed_at, due_on, returned_at)
select copy_id, auth_user.id, timestamptz '2025-06-01 10:00:00Z', date '2025-06-22', returned_at
from (values (1, 'parity1', null), (4, 'parity2', null), (2, 'parity1', timestamptz '2025-06-05 10:00:00Z'))
    as loan (copy_id, username, returned_at)
join auth_user using (username)
where not exists (select from circulation_loan where circulation_loan.copy_id = loan.copy_id);

-- Stars with means that are whole, that end, and that do not.
insert into reviews_review (book_id, reviewer_id, stars, title, created_at, updated_at)
select book_id, auth_user.id, stars, 'A review', timestamptz '2025-06-01 10:00:00Z', timestamptz '2025-06-01 10:00:00Z'
from (values (10, 'parity1', 4), (11, 'parity1', 4), (11, 'parity2', 5), (12, 'parity1', 1), (12, 'parity2', 2), (12, 'parity3', 2))
    as review (book_id, username, stars)
join auth_user using (username)
on conflict (book_id, reviewer_id) do nothing;
