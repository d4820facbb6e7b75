//! The endpoint `reviews`.

use restwell::{permissions::IsAuthenticatedOrReadOnly, prelude::*, viewsets::Policies};

use crate::reviews::{
    filters::ReviewFilter, permissions::ReviewerWrites, serializers::ReviewSerializer,
};

pub struct ReviewViewSet;

/// What readers think of the books.
#[viewset]
impl ModelViewSet for ReviewViewSet {
    type Serializer = ReviewSerializer;
    type Filter = ReviewFilter;
    type Pagination = PageNumber<100>;
    const POLICIES: Policies = Policies {
        permissions: Some(&[&IsAuthenticatedOrReadOnly, &ReviewerWrites]),
        ..Policies::DEFAULT
    };
}
