//! Rules of branches and copies that no column type says.

use restwell::prelude::*;

use crate::holdings::{models::Branch, serializers::BranchData};

/// The numbers of a book's copies have come to their end.
pub fn too_many_copies() -> ApiException {
    let detail = ErrorDetail::new("There are not so many numbers left.", "max_value");
    ApiException::field("count", detail)
}

/// A branch closes after it opens; what was not sent stands as it is stored.
///
/// # Errors
/// `hours_reversed`.
pub fn hours(
    data: &mut BranchData,
    branch: Option<&Branch>,
    _: &Scope<'_>,
    _: &mut Conn,
) -> Result<()> {
    let opens_at = data.opens_at.or(branch.map(|branch| branch.opens_at));
    let closes_at = data.closes_at.or(branch.map(|branch| branch.closes_at));
    if closes_at > opens_at {
        return Ok(());
    }
    let detail = ErrorDetail::new("A branch closes after it opens.", "hours_reversed");
    Err(ApiException::field("closes_at", detail))
}
