// @generated automatically by Diesel CLI.

diesel::table! {
    catalog_author (id) {
        id -> Int8,
        #[max_length = 200]
        name -> Varchar,
        bio -> Text,
        born_on -> Nullable<Date>,
        died_on -> Nullable<Date>,
        #[max_length = 200]
        website -> Varchar,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    catalog_book (id) {
        id -> Int8,
        #[max_length = 200]
        title -> Varchar,
        #[max_length = 13]
        isbn -> Varchar,
        author_id -> Int8,
        published_on -> Nullable<Date>,
        pages -> Nullable<Int4>,
        price -> Numeric,
        #[max_length = 2]
        language -> Varchar,
        summary -> Text,
        keywords -> Array<Varchar>,
        metadata -> Jsonb,
        is_reference -> Bool,
        weight_kg -> Nullable<Float8>,
        #[max_length = 100]
        cover -> Nullable<Varchar>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    catalog_book_subjects (id) {
        id -> Int8,
        book_id -> Int8,
        subject_id -> Int8,
    }
}

diesel::table! {
    catalog_subject (id) {
        id -> Int8,
        #[max_length = 80]
        name -> Varchar,
        #[max_length = 80]
        slug -> Varchar,
    }
}

diesel::table! {
    circulation_loan (id) {
        id -> Int8,
        copy_id -> Int8,
        borrower_id -> Int4,
        borrowed_at -> Timestamptz,
        due_on -> Date,
        returned_at -> Nullable<Timestamptz>,
        renewals -> Int2,
    }
}

diesel::table! {
    holdings_branch (id) {
        id -> Int8,
        #[max_length = 100]
        name -> Varchar,
        #[max_length = 60]
        slug -> Varchar,
        #[max_length = 254]
        email -> Varchar,
        opens_at -> Time,
        closes_at -> Time,
        latitude -> Nullable<Float8>,
        longitude -> Nullable<Float8>,
        loan_period -> Interval,
        kiosk_ip -> Nullable<Inet>,
        is_open -> Bool,
    }
}

diesel::table! {
    holdings_copy (id) {
        id -> Int8,
        book_id -> Int8,
        branch_id -> Int8,
        number -> Int4,
        barcode -> Uuid,
        condition -> Int2,
        acquired_on -> Date,
    }
}

diesel::table! {
    reviews_review (id) {
        id -> Int8,
        book_id -> Int8,
        reviewer_id -> Int4,
        stars -> Int2,
        #[max_length = 120]
        title -> Varchar,
        body -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::joinable!(catalog_book -> catalog_author (author_id));
diesel::joinable!(catalog_book_subjects -> catalog_book (book_id));
diesel::joinable!(catalog_book_subjects -> catalog_subject (subject_id));
diesel::joinable!(circulation_loan -> holdings_copy (copy_id));
diesel::joinable!(holdings_copy -> catalog_book (book_id));
diesel::joinable!(holdings_copy -> holdings_branch (branch_id));
diesel::joinable!(reviews_review -> catalog_book (book_id));

diesel::allow_tables_to_appear_in_same_query!(
    catalog_author,
    catalog_book,
    catalog_book_subjects,
    catalog_subject,
    circulation_loan,
    holdings_branch,
    holdings_copy,
    reviews_review,
);
