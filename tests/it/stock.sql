INSERT INTO catalog_author (name, born_on, died_on, website, created_at) VALUES
    ('Mary Shelley', '1797-08-30', '1851-02-01', 'https://example.org/shelley', '2026-01-01T00:00:00Z'),
    ('Bram Stoker', '1847-11-08', '1912-04-20', '', '2026-01-02T00:00:00Z');
INSERT INTO catalog_subject (name, slug) VALUES ('Horror', 'horror'), ('Fiction', 'fiction');
INSERT INTO catalog_book
    (title, isbn, author_id, published_on, pages, price, keywords, metadata, weight_kg, created_at, updated_at)
VALUES
    ('Frankenstein', '9798000000014', 1, '1818-01-01', 280, 9.5, '{monster,science}', '{"volumes": 3}', 0.4,
     '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'),
    ('Dracula', '9798000000021', 2, '1897-05-26', 418, 12, '{}', '{}', null,
     '2026-01-02T00:00:00Z', '2026-01-02T00:00:00Z'),
    ('The Last Man', '9798000000038', 1, '1826-01-01', null, 0, '{}', '{}', 1,
     '2026-01-03T00:00:00.5Z', '2026-01-03T00:00:00.5Z');
INSERT INTO catalog_book_subjects (book_id, subject_id) VALUES (1, 1), (1, 2), (2, 1);
INSERT INTO holdings_branch (name, slug, email, opens_at, closes_at) VALUES
    ('Main', 'main', 'main@example.org', '09:00', '18:00');
INSERT INTO holdings_copy (book_id, branch_id, number, barcode, acquired_on) VALUES
    (1, 1, 1, '00000000-0000-4000-8000-000000000001', '2026-01-01'),
    (1, 1, 2, '00000000-0000-4000-8000-000000000002', '2026-01-01'),
    (1, 1, 3, '00000000-0000-4000-8000-000000000003', '2026-01-01'),
    (2, 1, 1, '00000000-0000-4000-8000-000000000004', '2026-01-01');
INSERT INTO circulation_loan (copy_id, borrower_id, due_on, returned_at) VALUES
    (1, 3, '2026-02-01', null), (2, 3, '2026-02-01', now()), (4, 4, '2026-02-01', null);
INSERT INTO reviews_review (book_id, reviewer_id, stars, title) VALUES (1, 3, 5, 'Good'), (1, 4, 4, 'Fine');
