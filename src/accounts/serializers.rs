//! Users on the wire.

use chrono::{DateTime, Utc};
use restwell::prelude::*;
use restwell_auth::{Group, User};

/// A user, as the staff sees and changes it.
#[derive(Serializer)]
#[serializer(model = User)]
pub struct UserSerializer {
    #[field(read_only)]
    id: i32,
    #[field(
        max_length = 150,
        unique,
        help_text = "Letters, digits and the characters @ . + - _"
    )]
    username: UsernameField,
    #[field(optional, allow_blank, max_length = 254, label = "Email address")]
    email: EmailField,
    #[field(optional, allow_blank, max_length = 150)]
    first_name: String,
    #[field(optional, allow_blank, max_length = 150)]
    last_name: String,
    #[field(optional, label = "Active", help_text = "May sign in.")]
    is_active: bool,
    #[field(
        optional,
        label = "Staff status",
        help_text = "Sees and changes users, and every loan and review."
    )]
    is_staff: bool,
    #[field(optional, help_text = "What they may do, this user may do.")]
    groups: Vec<PrimaryKey<Group>>,
    #[field(write_only, min_length = 8, max_length = 128)]
    password: String,
    #[field(read_only)]
    last_login: Option<DateTime<Utc>>,
    #[field(read_only)]
    date_joined: DateTime<Utc>,
    #[field(hidden = nobody, create_only)]
    is_superuser: bool,
    #[field(hidden = now, create_only, source = date_joined)]
    joined: DateTime<Utc>,
}

fn now(_: &Request) -> DateTime<Utc> {
    Utc::now()
}

/// Superusers are made on the command line only.
fn nobody(_: &Request) -> bool {
    false
}

/// A user, as they see and change themselves.
#[derive(Serializer)]
#[serializer(model = User)]
pub struct MeSerializer {
    #[field(read_only)]
    id: i32,
    #[field(read_only)]
    username: String,
    #[field(optional, allow_blank, max_length = 254)]
    email: EmailField,
    #[field(optional, allow_blank, max_length = 150)]
    first_name: String,
    #[field(optional, allow_blank, max_length = 150)]
    last_name: String,
    #[field(read_only)]
    is_active: bool,
    #[field(read_only)]
    is_staff: bool,
    #[field(read_only)]
    groups: Vec<PrimaryKey<Group>>,
    #[field(write_only, min_length = 8, max_length = 128)]
    password: String,
    #[field(read_only)]
    last_login: Option<DateTime<Utc>>,
    #[field(read_only)]
    date_joined: DateTime<Utc>,
}
