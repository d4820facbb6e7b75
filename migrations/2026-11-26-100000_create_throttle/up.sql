-- What throttles remember of requests. Unlogged: a crash of the database empties it, and it costs no replication.
-- No index but the key's, and room in each page, so that an update stays in its page.
create unlogged table restwell_throttle (
    key bytea not null,
    hits timestamptz[] not null,
    is_allowed boolean not null,
    checked_at timestamptz not null,
    expires_at timestamptz not null,
    constraint restwell_throttle_pkey primary key (key)
) with (fillfactor = 70);
