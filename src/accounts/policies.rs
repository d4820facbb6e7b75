//! Who may do what where a view does not say it.

use restwell::{
    authentication::{BasicAuthentication, SessionAuthentication},
    authtoken::TokenAuthentication,
    permissions::DjangoModelPermissionsOrAnonReadOnly,
    throttling::{AnonRateThrottle, UserRateThrottle},
    viewsets::Policies,
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
