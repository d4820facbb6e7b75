//! The standard actions, one trait each, as in DRF: override a `perform_…` to change what is done, or the action
//! itself to change what is answered.

use actix_web::http::{StatusCode, header};
use serde_json::Value;

use crate::{
    db::Conn,
    exceptions::{ApiException, Result},
    generics::{GenericViewSet, RowOf, filtered_response, object_response},
    models::Model,
    permissions::check_object_permissions,
    request::Request,
    response::Response,
    serializers::{self, BaseSerializer, ListRepresentation, Many, ModelSerializer, by_index},
};

/// `GET` of a collection.
pub trait ListModelMixin: GenericViewSet {
    /// Shows the rows of a list.
    type ListSerializer: ModelSerializer<Model = RowOf<Self>>;

    /// Answers with a page of rows.
    ///
    /// # Errors
    /// 400 for bad filters, 404 for a page that does not exist.
    fn list(&self, request: &Request, conn: &mut Conn) -> Result<Response> {
        filtered_response::<Self::ListSerializer, Self::Filter, Self::Pagination>(
            request,
            || self.get_queryset(request),
            conn,
        )
    }
}

/// `POST` to a collection.
pub trait CreateModelMixin: GenericViewSet {
    /// Reads what is sent, and shows the new row.
    type CreateSerializer: ModelSerializer<Model = RowOf<Self>>;

    /// The hook is the one given here: it only stores, so that keys and unique values may be left to the constraints.
    const DEFERS: bool;
    /// A list of objects may be sent, to create them all or none; not said: one object only.
    const MANY: Option<Many> = None;

    /// Called with validated input: inserts the row. Override to add what the client does not send.
    ///
    /// # Errors
    /// The database's; violated constraints become field errors.
    fn perform_create(
        &self,
        _request: &Request,
        data: <Self::CreateSerializer as BaseSerializer>::Data,
        conn: &mut Conn,
    ) -> Result<RowOf<Self>> {
        Self::CreateSerializer::save(None, data, conn)
    }

    /// Answers 201 with the new row, and its `Location` if it shows a `url` (contract §2.1); with all of them if a
    /// list was sent and may be.
    ///
    /// # Errors
    /// 400 with every error of the input.
    fn create(&self, request: &Request, conn: &mut Conn) -> Result<Response> {
        if let Some(limits) = Self::MANY.filter(|_| request.data().is_ok_and(Value::is_array)) {
            return create_many(self, request, limits, conn);
        }
        let data = serializers::validated::<Self::CreateSerializer>(
            request,
            None,
            false,
            Self::DEFERS,
            conn,
        )?;
        let created = match Self::DEFERS {
            true => Self::CreateSerializer::create(data, conn),
            false => self.perform_create(request, data, conn).and_then(|row| {
                let related = Self::CreateSerializer::created(std::slice::from_ref(&row), conn)?;
                Ok((row, related))
            }),
        };
        let (row, related) =
            created.map_err(|refusal| refusal.refused(Self::CreateSerializer::constraint))?;
        let response = object_response::<Self::CreateSerializer>(
            request,
            &row,
            &related,
            StatusCode::CREATED,
        )?;
        let url = Self::CreateSerializer::FIELDS
            .iter()
            .any(|field| field.name == "url")
            .then(|| location(&response));
        Ok(match url.flatten() {
            Some(url) => response.with_header(header::LOCATION, &url),
            None => response,
        })
    }
}

/// One statement a row, in the order in which they were sent; what the answer shows besides is fetched once.
fn create_many<V: CreateModelMixin + ?Sized>(
    view: &V,
    request: &Request,
    limits: Many,
    conn: &mut Conn,
) -> Result<Response> {
    let items =
        serializers::validated_list::<V::CreateSerializer>(request, limits, V::DEFERS, conn)?;
    let (length, as_dict) = (items.len(), limits.errors_as_dict(request));
    let mut rows = Vec::with_capacity(length);
    for (index, data) in items.into_iter().enumerate() {
        let row = view.perform_create(request, data, conn);
        rows.push(row.map_err(|exception| {
            refused_item::<V::CreateSerializer>(exception, index, length, as_dict)
        })?);
    }
    let related = V::CreateSerializer::created(&rows, conn)?;
    let rows = ListRepresentation::<V::CreateSerializer> {
        rows: &rows,
        related: &related,
        request,
    };
    Response::new(request, StatusCode::CREATED, &rows)
}

/// A constraint names the item that violates it, be it with an item before (contract §6.8).
fn refused_item<S: ModelSerializer>(
    exception: ApiException,
    index: usize,
    length: usize,
    as_dict: bool,
) -> ApiException {
    let exception = exception.refused(S::constraint);
    if !exception.is_constraint_violation() {
        return exception;
    }
    ApiException {
        detail: by_index(vec![(index, exception.detail)], length, as_dict),
        ..exception
    }
}

/// `GET` of one object.
pub trait RetrieveModelMixin: GenericViewSet {
    /// Shows the row.
    type RetrieveSerializer: ModelSerializer<Model = RowOf<Self>>;

    /// Answers with the row.
    ///
    /// # Errors
    /// 404 if there is none.
    fn retrieve(&self, request: &Request, conn: &mut Conn) -> Result<Response> {
        let query = self.object_query(request, conn)?;
        let found = Self::RetrieveSerializer::retrieve_object(query, conn)?;
        let (row, related) = found.ok_or_else(ApiException::not_found)?;
        check_object_permissions(request, &row, conn)?;
        object_response::<Self::RetrieveSerializer>(request, &row, &related, StatusCode::OK)
    }
}

/// `PUT` and `PATCH` of one object.
pub trait UpdateModelMixin: GenericViewSet {
    /// Reads what is sent, and shows the changed row.
    type UpdateSerializer: ModelSerializer<Model = RowOf<Self>>;

    /// The hook is the one given here: it only stores, so that keys and unique values may be left to the constraints.
    const DEFERS: bool;

    /// Called with validated input: changes the row. Override to add what the client does not send.
    ///
    /// # Errors
    /// The database's; violated constraints become field errors.
    fn perform_update(
        &self,
        _request: &Request,
        instance: RowOf<Self>,
        data: <Self::UpdateSerializer as BaseSerializer>::Data,
        conn: &mut Conn,
    ) -> Result<RowOf<Self>> {
        Self::UpdateSerializer::save(Some(instance), data, conn)
    }

    /// Answers `PUT` with the changed row.
    ///
    /// # Errors
    /// 404 if there is none, 400 with every error of the input.
    fn update(&self, request: &Request, conn: &mut Conn) -> Result<Response> {
        change(self, request, false, conn)
    }

    /// Answers `PATCH` with the changed row: what is not sent stays.
    ///
    /// # Errors
    /// As [`UpdateModelMixin::update`].
    fn partial_update(&self, request: &Request, conn: &mut Conn) -> Result<Response> {
        change(self, request, true, conn)
    }
}

fn change<V: UpdateModelMixin + ?Sized>(
    view: &V,
    request: &Request,
    partial: bool,
    conn: &mut Conn,
) -> Result<Response> {
    let instance = view.lock_object(request, conn)?;
    let data = serializers::validated::<V::UpdateSerializer>(
        request,
        Some(&instance),
        partial,
        V::DEFERS,
        conn,
    )?;
    let mut replaced = V::UpdateSerializer::files(&instance);
    let row = view.perform_update(request, instance, data, conn);
    let row = row.map_err(|refusal| refusal.refused(V::UpdateSerializer::constraint))?;
    let files = V::UpdateSerializer::files(&row);
    replaced.retain(|file| !files.contains(file));
    request.remove_files(replaced);
    written_response::<V::UpdateSerializer>(request, &row, StatusCode::OK, conn)
}

/// `DELETE` of one object.
pub trait DestroyModelMixin: GenericViewSet {
    /// Deletes the row. Override to do it in another way, or to do more.
    ///
    /// # Errors
    /// The database's; a row that others refer to is 409 `protected`.
    fn perform_destroy(
        &self,
        _request: &Request,
        instance: RowOf<Self>,
        conn: &mut Conn,
    ) -> Result<()> {
        let query = RowOf::<Self>::filter_key(RowOf::<Self>::query(), instance.key());
        RowOf::<Self>::delete(query, conn)?;
        Ok(())
    }

    /// Answers 204.
    ///
    /// # Errors
    /// 404 if there is no such row.
    fn destroy(&self, request: &Request, conn: &mut Conn) -> Result<Response> {
        let instance = self.lock_object(request, conn)?;
        let files = Self::Serializer::files(&instance);
        self.perform_destroy(request, instance, conn)?;
        request.remove_files(files);
        Ok(Response::no_content())
    }
}

/// Shows a row as it was written: not re-read, but with what belongs to it (contract §2.6).
///
/// # Errors
/// The database's, or the renderer's.
pub fn written_response<S: ModelSerializer>(
    request: &Request,
    row: &S::Model,
    status: StatusCode,
    conn: &mut Conn,
) -> Result<Response> {
    let related = serializers::related_to::<S>(row, conn)?;
    object_response::<S>(request, row, &related, status)
}

fn location(response: &Response) -> Option<String> {
    let body: Value = serde_json::from_slice(&response.body).ok()?;
    body.get("url")?.as_str().map(str::to_owned)
}
