//! The endpoints `branches` and `copies`.

use restwell::prelude::*;

use crate::holdings::{
    filters::{BranchFilter, CopyFilter},
    serializers::{BranchSerializer, CopySerializer},
};

pub struct BranchViewSet;

/// Places that lend books.
#[viewset]
impl ModelViewSet for BranchViewSet {
    type Serializer = BranchSerializer;
    type Filter = BranchFilter;
    type Pagination = PageNumber<100>;
}

pub struct CopyViewSet;

/// What stands on the shelves.
#[viewset]
impl ModelViewSet for CopyViewSet {
    type Serializer = CopySerializer;
    type Filter = CopyFilter;
    type Pagination = PageNumber<100>;
}
