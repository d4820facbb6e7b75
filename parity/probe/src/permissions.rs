//! `parity/oracle/probe/permissions.py`.

use std::{any::Any, slice};

use actix_web::http::{Method, StatusCode};
use restwell::{
    authentication::Authentication,
    generics::object_response,
    permissions::{
        AllowAny, And, DjangoModelPermissions, DjangoModelPermissionsOrAnonReadOnly,
        DjangoObjectPermissions, IsAdminUser, IsAuthenticated, IsAuthenticatedOrReadOnly, Not,
        ObjectBackend, Or, Permission,
    },
    prelude::*,
    serializers::ModelSerializer,
    viewsets::Policies,
};
use restwell_auth::{User, authtoken::TokenAuthentication};
use serde_json::json;

use crate::relations::Maker;

/// Readers and `editor` may change what `ann` owns, and see what `bob` owns; a superuser may do everything.
struct OwnerBackend;

impl ObjectBackend for OwnerBackend {
    fn has_perm(
        &self,
        request: &Request,
        name: &str,
        object: &dyn Any,
        _: &mut Conn,
    ) -> Result<bool> {
        let is_superuser = request.user().is_some_and(|user: &User| user.is_superuser);
        Ok(is_superuser
            || match owner(object) {
                "ann" => matches!(name, "probe.view_maker" | "probe.change_maker"),
                "bob" => name == "probe.view_maker",
                _ => false,
            })
    }
}

fn owner(object: &dyn Any) -> &str {
    let maker = object.downcast_ref::<Maker>();
    maker.map_or("", |maker| &maker.owner)
}

/// Reads only.
struct IsRead;

impl Permission for IsRead {
    fn has_permission(&self, request: &Request, _: &mut Conn) -> Result<bool> {
        Ok(request.is_safe())
    }
}

/// Only what this one owns.
struct IsOwnedBy(&'static str);

impl Permission for IsOwnedBy {
    fn has_permission(&self, _: &Request, _: &mut Conn) -> Result<bool> {
        Ok(true)
    }

    fn has_object_permission(&self, _: &Request, object: &dyn Any, _: &mut Conn) -> Result<bool> {
        Ok(owner(object) == self.0)
    }
}

/// Nobody, with some words.
struct IsClosed(fn() -> ApiException);

impl Permission for IsClosed {
    fn has_permission(&self, _: &Request, _: &mut Conn) -> Result<bool> {
        Ok(false)
    }

    fn denial(&self) -> ApiException {
        self.0()
    }
}

fn forbidden(message: &'static str, code: &'static str) -> ApiException {
    ApiException::new(StatusCode::FORBIDDEN, message, code)
}

fn explained() -> ApiException {
    let text = |message: &'static str| ErrorDetail::new(message, "closed");
    let doors = ErrorDetail::List(vec![text("front"), text("back")]);
    let detail = vec![
        ("reason".into(), text("It is late.")),
        ("doors".into(), doors),
    ];
    ApiException::with_detail(StatusCode::FORBIDDEN, ErrorDetail::Map(detail))
}

const CLOSED: IsClosed = IsClosed(|| forbidden("Come back tomorrow.", "closed"));
const EXPLAINED: IsClosed = IsClosed(explained);
const UNNAMED: IsClosed = IsClosed(|| forbidden("Ask at the desk.", "permission_denied"));

/// No object is anybody's.
struct IsOthers;

impl Permission for IsOthers {
    fn has_permission(&self, _: &Request, _: &mut Conn) -> Result<bool> {
        Ok(true)
    }

    fn has_object_permission(&self, _: &Request, _: &dyn Any, _: &mut Conn) -> Result<bool> {
        Ok(false)
    }

    fn denial(&self) -> ApiException {
        forbidden("This maker is somebody else's.", "not_yours")
    }
}

const BY_OBJECT: DjangoObjectPermissions<OwnerBackend> = DjangoObjectPermissions::new(OwnerBackend);
const BY_OBJECT_SEEN: DjangoObjectPermissions<OwnerBackend> = DjangoObjectPermissions {
    perms_map: |method| match *method {
        Method::GET => Some(&["view"]),
        _ => (BY_OBJECT.perms_map)(method),
    },
    ..BY_OBJECT
};

#[derive(Serializer)]
#[serializer(model = Maker)]
struct MakerSerializer {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 60)]
    name: String,
    #[field(max_length = 60, unique)]
    slug: String,
    #[field(optional, max_length = 20)]
    owner: String,
}

const TOKENS: &[&dyn Authentication] = &[&TokenAuthentication::DEFAULT];

const fn policies(permissions: &'static [&'static dyn Permission]) -> Policies {
    Policies {
        authentication: Some(TOKENS),
        permissions: Some(permissions),
        ..Policies::DEFAULT
    }
}

macro_rules! permitted {
    ($($view:ident, $name:literal: $policies:expr;)*) => {
        $(
            struct $view;

            /// Makers, for some.
            #[viewset]
            impl ModelViewSet for $view {
                type Serializer = MakerSerializer;
                const POLICIES: Policies = $policies;

                /// Looks its object up.
                #[action(detail = true, method = "post")]
                fn touch(&self, request: &Request, conn: &mut Conn) -> Result<Response> {
                    let maker = self.get_object(request, conn)?;
                    let related = MakerSerializer::prefetch(slice::from_ref(&maker), conn)?;
                    object_response::<MakerSerializer>(request, &maker, &related, StatusCode::OK)
                }

                /// Does not look its object up.
                #[action(detail = true, method = "post")]
                fn knock(&self, request: &Request, _: &mut Conn) -> Result<Response> {
                    Response::ok(request, &json!({ "pk": request.kwarg("pk") }))
                }
            }
        )*

        pub(crate) fn register(router: DefaultRouter) -> DefaultRouter {
            router$(.register_as(concat!("permitted/", $name), concat!("permitted-", $name), $view))*
                .register_as("permitted/reading", "permitted-reading", ReadingViewSet)
        }
    };
}

permitted! {
    AnyViewSet, "any": policies(&[&AllowAny]);
    AuthenticatedViewSet, "authenticated": policies(&[&IsAuthenticated]);
    AdminViewSet, "admin": policies(&[&IsAdminUser]);
    ReadOnlyViewSet, "read-only": policies(&[&IsAuthenticatedOrReadOnly]);
    ClosedViewSet, "closed": policies(&[&CLOSED]);
    ClosedExplainedViewSet, "closed-explained": policies(&[&EXPLAINED]);
    ClosedUnnamedViewSet, "closed-unnamed": policies(&[&UNNAMED]);
    ClosedAndAnyViewSet, "closed-and-any": policies(&[&And(CLOSED, AllowAny)]);
    ClosedOrClosedViewSet, "closed-or-closed": policies(&[&Or(CLOSED, CLOSED)]);
    ClosedNotAnyViewSet, "closed-not-any": policies(&[&Not(AllowAny)]);
    ClosedFirstViewSet, "closed-first": policies(&[&CLOSED, &EXPLAINED]);
    OthersViewSet, "others": policies(&[&IsOthers]);
    OthersAndAnyViewSet, "others-and-any": policies(&[&And(IsOthers, AllowAny)]);
    AnnsViewSet, "anns": policies(&[&IsOwnedBy("ann")]);
    UsersAndAnnsViewSet, "users-and-anns": policies(&[&And(IsAuthenticated, IsOwnedBy("ann"))]);
    NotAnnsViewSet, "not-anns": policies(&[&Not(IsOwnedBy("ann"))]);
    NotAdminViewSet, "not-admin": policies(&[&Not(IsAdminUser)]);
    AdminOrAnnsViewSet, "admin-or-anns": policies(&[&Or(IsAdminUser, IsOwnedBy("ann"))]);
    ReadOrAnnsViewSet, "read-or-anns": policies(&[&Or(IsRead, IsOwnedBy("ann"))]);
    ReadAnnsOrBobsViewSet, "read-anns-or-bobs":
        policies(&[&Or(And(IsRead, IsOwnedBy("ann")), IsOwnedBy("bob"))]);
    ReadOrAdminNotBobsViewSet, "read-or-admin-not-bobs":
        policies(&[&And(Or(IsRead, IsAdminUser), Not(IsOwnedBy("bob")))]);
    UsersNotAdminOrReadViewSet, "users-not-admin-or-read":
        policies(&[&Or(And(IsAuthenticated, Not(IsAdminUser)), IsRead)]);
    ByModelViewSet, "by-model": policies(&[&DjangoModelPermissions]);
    ByModelOrReadViewSet, "by-model-or-read": policies(&[&DjangoModelPermissionsOrAnonReadOnly]);
    ByObjectViewSet, "by-object": policies(&[&BY_OBJECT]);
    ByObjectSeenViewSet, "by-object-seen": policies(&[&BY_OBJECT_SEEN]);
    StrangerViewSet, "stranger": Policies {
        authentication: Some(&[]),
        ..policies(&[&IsAuthenticated])
    };
}

struct ReadingViewSet;

/// Makers that signed-in users may read.
#[viewset]
impl ReadOnlyModelViewSet for ReadingViewSet {
    type Serializer = MakerSerializer;
    const POLICIES: Policies = policies(&[&IsAuthenticated]);
}
