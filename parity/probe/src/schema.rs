//! The tables of `parity/probe/schema.sql`, as `diesel print-schema` writes them; items of arrays are never null.

diesel::table! {
    probe_address (id) {
        id -> Int8,
        order_id -> Int8,
        #[max_length = 60]
        street -> Varchar,
        #[max_length = 20]
        code -> Varchar,
    }
}

diesel::table! {
    probe_badge (id) {
        id -> Int8,
        #[max_length = 40]
        name -> Varchar,
        token_id -> Uuid,
    }
}

diesel::table! {
    probe_column (id) {
        id -> Int8,
        #[max_length = 20]
        name -> Varchar,
        note -> Text,
        #[max_length = 254]
        email -> Varchar,
        #[max_length = 200]
        url -> Varchar,
        #[max_length = 50]
        slug -> Varchar,
        number -> Nullable<Int4>,
        small -> Nullable<Int2>,
        positive -> Nullable<Int4>,
        positive_small -> Nullable<Int2>,
        big -> Nullable<Int8>,
        ratio -> Nullable<Float8>,
        price -> Nullable<Numeric>,
        rate -> Nullable<Numeric>,
        flag -> Bool,
        maybe -> Nullable<Bool>,
        day -> Nullable<Date>,
        at -> Nullable<Timestamptz>,
        hour -> Nullable<Time>,
        span -> Nullable<Interval>,
        code -> Uuid,
        ip -> Nullable<Inet>,
        #[max_length = 10]
        color -> Varchar,
        size -> Nullable<Int2>,
        data -> Jsonb,
        tags -> Array<Varchar>,
        #[max_length = 100]
        file -> Varchar,
        #[max_length = 100]
        image -> Nullable<Varchar>,
        stamp -> Int4,
        #[max_length = 20]
        secret -> Varchar,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    probe_entry (id) {
        id -> Int8,
        #[max_length = 20]
        code -> Varchar,
        a -> Int4,
        b -> Nullable<Int4>,
        #[max_length = 20]
        c -> Varchar,
        #[max_length = 20]
        d -> Varchar,
    }
}

diesel::table! {
    probe_item (id) {
        id -> Int8,
        #[max_length = 80]
        title -> Varchar,
        maker_id -> Int8,
        editor_id -> Nullable<Int8>,
    }
}

diesel::table! {
    probe_item_labels (id) {
        id -> Int8,
        item_id -> Int8,
        label_id -> Int8,
    }
}

diesel::table! {
    probe_label (id) {
        id -> Int8,
        #[max_length = 40]
        name -> Varchar,
        #[max_length = 40]
        slug -> Varchar,
    }
}

diesel::table! {
    probe_line (id) {
        id -> Int8,
        order_id -> Int8,
        #[max_length = 40]
        name -> Varchar,
        quantity -> Int4,
    }
}

diesel::table! {
    probe_maker (id) {
        id -> Int8,
        #[max_length = 60]
        name -> Varchar,
        #[max_length = 60]
        slug -> Varchar,
        #[max_length = 20]
        owner -> Varchar,
    }
}

diesel::table! {
    probe_note (id) {
        id -> Int8,
        #[max_length = 40]
        text -> Varchar,
        #[max_length = 60]
        maker_slug -> Varchar,
        approver_id -> Nullable<Int8>,
        item_id -> Int8,
    }
}

diesel::table! {
    probe_note_label (id) {
        id -> Int8,
        note_id -> Int8,
        label_id -> Int8,
        rank -> Int4,
    }
}

diesel::table! {
    probe_note_makers (id) {
        id -> Int8,
        note_id -> Int8,
        maker_id -> Int8,
    }
}

diesel::table! {
    probe_order (id) {
        id -> Int8,
        #[max_length = 20]
        code -> Varchar,
    }
}

diesel::table! {
    probe_post (id) {
        id -> Int8,
        #[max_length = 40]
        title -> Varchar,
        #[max_length = 40]
        slug -> Varchar,
        #[max_length = 40]
        section -> Varchar,
        day -> Nullable<Date>,
    }
}

diesel::table! {
    probe_row (id) {
        id -> Int8,
        #[max_length = 20]
        name -> Varchar,
        day -> Date,
        at -> Timestamptz,
        rank -> Nullable<Int4>,
    }
}

diesel::table! {
    probe_slot (id) {
        id -> Int8,
        room -> Int4,
        hour -> Int4,
        seat -> Nullable<Int4>,
        active -> Bool,
    }
}

diesel::table! {
    probe_thing (id) {
        id -> Int8,
        #[max_length = 60]
        name -> Varchar,
        note -> Text,
        number -> Int4,
        big -> Nullable<Int8>,
        price -> Numeric,
        ratio -> Nullable<Float8>,
        active -> Bool,
        maybe -> Nullable<Bool>,
        level -> Int2,
        #[max_length = 10]
        color -> Nullable<Varchar>,
        day -> Date,
        at -> Timestamptz,
        hour -> Time,
        span -> Interval,
        code -> Uuid,
        ip -> Nullable<Inet>,
        seen_on -> Date,
        maker_id -> Nullable<Int8>,
    }
}

diesel::table! {
    probe_thing_labels (id) {
        id -> Int8,
        thing_id -> Int8,
        label_id -> Int8,
    }
}

diesel::table! {
    probe_token (id) {
        id -> Uuid,
        #[max_length = 40]
        name -> Varchar,
    }
}

diesel::joinable!(probe_address -> probe_order (order_id));
diesel::joinable!(probe_badge -> probe_token (token_id));
diesel::joinable!(probe_item_labels -> probe_item (item_id));
diesel::joinable!(probe_item_labels -> probe_label (label_id));
diesel::joinable!(probe_line -> probe_order (order_id));
diesel::joinable!(probe_note -> probe_item (item_id));
diesel::joinable!(probe_note_label -> probe_label (label_id));
diesel::joinable!(probe_note_label -> probe_note (note_id));
diesel::joinable!(probe_note_makers -> probe_maker (maker_id));
diesel::joinable!(probe_note_makers -> probe_note (note_id));
diesel::joinable!(probe_thing -> probe_maker (maker_id));
diesel::joinable!(probe_thing_labels -> probe_label (label_id));
diesel::joinable!(probe_thing_labels -> probe_thing (thing_id));

diesel::allow_tables_to_appear_in_same_query!(
    probe_address,
    probe_badge,
    probe_column,
    probe_entry,
    probe_item,
    probe_item_labels,
    probe_label,
    probe_line,
    probe_maker,
    probe_note,
    probe_note_label,
    probe_note_makers,
    probe_order,
    probe_post,
    probe_row,
    probe_slot,
    probe_thing,
    probe_thing_labels,
    probe_token,
);
