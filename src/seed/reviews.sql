-- Three hundred reviews by seven users. Each goes through the books with steps of their own, so that some books have many.
insert into reviews_review (id, book_id, reviewer_id, stars, title, body, created_at, updated_at)
select review.id + 1, book.id, auth_user.id, stars, title, body, written_at, written_at
from generate_series(0, 299) as review (id)
cross join lateral (
    select review.id % 7, review.id / 7,
           timestamptz '2025-03-01 08:00:00Z' + review.id * interval '17 hours' + review.id * 41 % 60 * interval '1 minute'
) as turn (person, step, written_at)
join (
    values (0, 'admin'), (1, 'librarian'), (2, 'reader1'), (3, 'reader2'), (4, 'reader3'), (5, 'reader4'), (6, 'reader5')
) as reviewer (person, username) using (person)
join auth_user using (username)
join (
    select id, row_number() over (order by id) - 1 as position, count(*) over () as number from catalog_book
) as book on position = step * (person + 4) % number
join (
    values (1, 0, 'I gave up', 'Fifty pages were enough for me.'),
           (1, 1, 'A disappointment', 'Everybody had praised it, and I cannot say why.'),
           (1, 2, 'Not again', ''),
           (2, 0, 'Not for me', 'The language got in the way of the story.'),
           (2, 1, 'Too long by half', 'There is a good short book in it.'),
           (2, 2, 'I lost the thread', ''),
           (3, 0, 'Good in parts', 'The beginning is better than the end.'),
           (3, 1, 'For patient readers', 'It takes its time, and now and then it is worth it.'),
           (3, 2, 'Neither hot nor cold', ''),
           (4, 0, 'Warmly recommended', 'I would have given five stars without the last chapter.'),
           (4, 1, 'Well worth the evenings', 'Slow at first, and then I could not stop.'),
           (4, 2, 'A pleasant surprise', ''),
           (5, 0, 'One to keep', 'I gave the copy back and bought my own.'),
           (5, 1, 'Better each time', 'My third reading, and I still found something new.'),
           (5, 2, 'Read it', '')
) as opinion (stars, variant, title, body)
    on stars = (array[5, 4, 3, 5, 4, 2, 5, 4, 1, 3, 4])[(step * 3 + person * 5) % 11 + 1] and variant = (step + person) % 3;
