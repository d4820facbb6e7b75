//! Serializers without a model: what an action reads, and values that it answers with.

use actix_web::http::Method;
use serde::ser::{Serialize, Serializer};

use super::{BaseSerializer, Many, validated, validated_list};
use crate::{db::Conn, exceptions::Result, request::Request};

/// Fields without a model: `#[derive(Serializer)] #[serializer(plain)]`, DRF's `serializers.Serializer`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a plain serializer",
    label = "not a plain serializer",
    note = "derive it: `#[derive(Serializer)]` with `#[serializer(plain)]`"
)]
pub trait PlainSerializer: BaseSerializer<Instance = ()> {
    /// Shows values: every field but those that name rows by anything else than their key.
    ///
    /// # Errors
    /// The renderer's.
    fn to_representation<S: Serializer>(
        data: &Self::Data,
        request: &Request,
        serializer: S,
    ) -> Result<S::Ok, S::Error>;

    /// The validated body of a request, every key in it looked up. A serializer that says `partial` takes a part of it
    /// from a `PATCH`.
    ///
    /// # Errors
    /// 400 with every error.
    fn validated(request: &Request, conn: &mut Conn) -> Result<Self::Data> {
        validated::<Self>(request, None, request.method == Method::PATCH, false, conn)
    }

    /// The validated body of a request that holds a list of objects.
    ///
    /// # Errors
    /// 400 with every error of every item.
    fn validated_list(request: &Request, limits: Many, conn: &mut Conn) -> Result<Vec<Self::Data>> {
        validated_list::<Self>(request, limits, false, conn)
    }

    /// These values, ready to be rendered.
    fn representation<'a>(
        data: &'a Self::Data,
        request: &'a Request,
    ) -> PlainRepresentation<'a, Self> {
        PlainRepresentation { data, request }
    }
}

/// Values of a plain serializer, ready to be rendered.
pub struct PlainRepresentation<'a, S: PlainSerializer> {
    data: &'a S::Data,
    request: &'a Request,
}

impl<S: PlainSerializer> Serialize for PlainRepresentation<'_, S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        S::to_representation(self.data, self.request, serializer)
    }
}

/// Whether a default is shown for what there is not: not by what a `PATCH` may send a part of (contract §5.1.3).
pub fn shows_defaults(request: &Request) -> bool {
    request.method != Method::PATCH
}
