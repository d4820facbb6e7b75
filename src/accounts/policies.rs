//! Who may do what where a view does not say it.

use restwell::{
    permissions::DjangoModelPermissionsOrAnonReadOnly,
    throttling::{AnonRateThrottle, UserRateThrottle},
    viewsets::Policies,
};
use restwell_auth::{
    authentication::{BasicAuthentication, SessionAuthentication},
    authtoken::TokenAuthentication,
};

/// Everybody reads, and whose account has the model's permission writes.
pub const POLICIES: Policies = Policies {
    authentication: Some(&[
        &TokenAuthentication::DEFAULT,
        &SessionAuthentication,
        &BasicAuthentication,
    ]),
    permissions: Some(&[&DjangoModelPermissionsOrAnonReadOnly]),
    throttles: Some(&[&AnonRateThrottle::DEFAULT, &UserRateThrottle::DEFAULT]),
    ..Policies::DEFAULT
};
