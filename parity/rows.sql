-- Readers, loans and reviews beside the demo library, so that computed values have something to count.

insert into auth_user (username, password, is_superuser, first_name, last_name, email, is_staff, is_active, date_joined)
select 'parity' || n, '!', false, '', '', '', false, true, timestamptz '2025-01-01 00:00:00Z'
from generate_series(1, 4) as n
on conflict (username) do nothing;

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
