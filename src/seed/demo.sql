-- From seed_book, which holds books.csv as it is, to the rows that hang on books. Same input, same rows, same ids.

insert into catalog_book (id, title, isbn, author_id, published_on, pages, price, language, summary, keywords,
                          metadata, is_reference, weight_kg, created_at, updated_at)
select id, title, isbn, author_id, published_on, pages, price, language, summary, string_to_array(keywords, '|'),
       metadata, is_reference, weight_kg, added_at, added_at
from seed_book,
     lateral (select timestamptz '2025-01-01 00:00:00Z' + id * interval '1 minute') as t (added_at);

-- An unknown slug leaves a null, which the column refuses.
insert into catalog_book_subjects (id, book_id, subject_id)
select row_number() over (order by seed_book.id, position), seed_book.id, catalog_subject.id
from seed_book
cross join unnest(string_to_array(subjects, '|')) with ordinality as t (slug, position)
left join catalog_subject using (slug);

update catalog_author set created_at = timestamptz '2025-01-01 00:00:00Z' + id * interval '1 second';

-- None, one, two or three copies of a book, in branches by turns; barcodes are UUIDs of version 3, by the copy's id.
insert into holdings_copy (id, book_id, branch_id, number, barcode, condition, acquired_on)
select id, book_id, (id - 1) % 4 + 1, number,
       overlay(overlay(md5('restwell copy ' || id) placing '3' from 13) placing '8' from 17)::uuid,
       id % 4 + 1, date '2020-01-01' + (id * 7 % 2000)::integer
from (
    select row_number() over (order by seed_book.id, number) as id, seed_book.id as book_id, number
    from seed_book cross join generate_series(1, (array[1, 3, 1, 0, 1, 2, 1, 2])[seed_book.id % 8 + 1]) as number
) as copy
where id <= 500;

drop table seed_book;
