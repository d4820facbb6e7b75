drop table catalog_book_subjects;
drop table catalog_book;
drop table catalog_subject;
drop table catalog_author;
