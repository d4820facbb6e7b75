-- Readers, loans and reviews for made-up books, so that copies_available and average_stars have something to count.

insert into auth_user
    (password, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined)
select '!', false, 'bench-reader-' || number, '', '', '', false, true, now()
from generate_series(1, 20) as number;

-- Who creates books, and who reads them by token.
insert into auth_user
    (password, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined)
values ('!', true, 'bench-admin', '', '', '', true, true, now());
insert into authtoken_token (key, created, user_id)
select case when is_superuser then repeat('a', 40) else repeat('b', 40) end, now(), id
from auth_user
where username in ('bench-admin', 'bench-reader-1');

-- Every seventh copy was lent once, and half of these are still out.
insert into circulation_loan (copy_id, borrower_id, due_on, returned_at)
select copy.id, (select min(id) from auth_user where username like 'bench-reader-%'), current_date,
    case when copy.id % 2 = 0 then now() end
from holdings_copy as copy
where copy.id % 7 = 0;

-- Two books of three have one or two reviews.
insert into reviews_review (book_id, reviewer_id, stars, title)
select book.id, reader.id, 1 + (book.id * reader.id) % 5, 'Review'
from catalog_book as book
join auth_user as reader on reader.username like 'bench-reader-%' and (book.id + reader.id) % 13 = 0
where book.id % 3 > 0;

vacuum (analyze);
