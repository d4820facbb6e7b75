//! Branches and copies.

use chrono::NaiveDate;
use diesel::{
    dsl::{case_when, exists},
    prelude::*,
    sql_types::Text,
};
use restwell::prelude::*;

use crate::{
    catalog::models::Book,
    schema::{circulation_loan, holdings_branch, holdings_copy},
};

/// A place that lends books.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = holdings_branch)]
#[model(slug = slug, lookup = slug, ordering(name))]
pub struct Branch {
    pub id: i64,
    pub name: String,
    pub slug: String,
}

/// One copy of a book.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = holdings_copy)]
#[model(
    belongs_to(book: Book, by = book_id),
    belongs_to(branch: Branch, by = branch_id),
    computed(status: Text),
    ordering(book_id, number)
)]
pub struct Copy {
    pub id: i64,
    pub book_id: i64,
    pub branch_id: i64,
    pub number: i32,
    pub barcode: uuid::Uuid,
    pub condition: i16,
    pub acquired_on: NaiveDate,
}

impl Copy {
    /// How worn a copy may be.
    pub const CONDITIONS: &[(i64, &str)] = &[(1, "New"), (2, "Good"), (3, "Fair"), (4, "Poor")];

    /// The loans of a copy that are not returned: at most one.
    #[diesel::dsl::auto_type(no_type_alias)]
    pub fn open_loans() -> _ {
        circulation_loan::table
            .filter(circulation_loan::copy_id.eq(holdings_copy::id))
            .filter(circulation_loan::returned_at.is_null())
    }

    /// `available` or `on_loan`.
    pub fn status() -> Expr<Self, Text> {
        let (available, on_loan) = ("available".into_sql::<Text>(), "on_loan".into_sql::<Text>());
        Expr::new(case_when(exists(Self::open_loans()), on_loan).otherwise(available))
    }
}
