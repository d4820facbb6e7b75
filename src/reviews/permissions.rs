//! Who may change a review.

use std::any::Any;

use restwell::{permissions::Permission, prelude::*};
use restwell_auth::User;

use crate::reviews::models::Review;

/// Everybody reads; only its reviewer and the staff change a review.
pub struct ReviewerWrites;

impl Permission for ReviewerWrites {
    fn has_permission(&self, _: &Request, _: &mut Conn) -> Result<bool> {
        Ok(true)
    }

    fn has_object_permission(
        &self,
        request: &Request,
        object: &dyn Any,
        _: &mut Conn,
    ) -> Result<bool> {
        let (user, review) = (request.user::<User>(), object.downcast_ref::<Review>());
        let is_own = user
            .zip(review)
            .is_some_and(|(user, review)| user.id == review.reviewer_id);
        Ok(request.is_safe() || request.is_staff() || is_own)
    }
}
