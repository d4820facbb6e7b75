//! What branches and copies can be filtered and ordered by.

use restwell::prelude::*;

use crate::{
    catalog::models::Book,
    holdings::models::{Branch, Copy},
};

#[derive(FilterSet)]
#[filterset(model = Branch, ordering(name))]
pub struct BranchFilter {}

#[derive(FilterSet)]
#[filterset(model = Copy, ordering(number, acquired_on))]
pub struct CopyFilter {
    #[filter(exact)]
    book: PrimaryKey<Book>,
    #[filter(exact)]
    branch: Slug<Branch>,
    #[filter(exact, in, gte, choices = Copy::CONDITIONS)]
    condition: i16,
    #[filter(exact, choices = Copy::STATUSES)]
    status: String,
}
