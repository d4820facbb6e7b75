// The tables behind the examples of docs/*.md, which include this file.
mod schema {
    diesel::table! {
        author (id) {
            id -> BigInt,
            name -> Text,
            born_on -> Nullable<Date>,
            died_on -> Nullable<Date>,
        }
    }
    diesel::table! {
        subject (id) {
            id -> BigInt,
            name -> Text,
            slug -> Text,
        }
    }
    diesel::table! {
        book (id) {
            id -> BigInt,
            title -> Text,
            isbn -> Text,
            author_id -> BigInt,
            price -> Numeric,
            language -> Text,
            published_on -> Nullable<Date>,
            updated_at -> Timestamptz,
        }
    }
    diesel::table! {
        book_subjects (id) {
            id -> BigInt,
            book_id -> BigInt,
            subject_id -> BigInt,
        }
    }
    diesel::table! {
        copy (id) {
            id -> BigInt,
            book_id -> BigInt,
            number -> Integer,
            barcode -> Uuid,
        }
    }
    diesel::allow_tables_to_appear_in_same_query!(author, subject, book, book_subjects, copy);
}
