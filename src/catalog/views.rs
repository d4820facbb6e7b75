//! The endpoints `authors`, `subjects` and `books`.

use actix_web::http::StatusCode;
use diesel::prelude::*;
use restwell::{
    generics::{list_response, rows_response},
    permissions::HasPerms,
    prelude::*,
    viewsets::Policies,
};

use crate::{
    catalog::{
        filters::{AuthorFilter, BookFilter, SubjectFilter},
        models::Book,
        serializers::{AuthorSerializer, BookSerializer, SubjectSerializer},
    },
    holdings::{
        models::Copy,
        serializers::{AddCopies, AddCopiesData, CopySerializer},
    },
    reviews::{models::Review, serializers::ReviewSerializer},
    schema::catalog_book,
};

pub struct AuthorViewSet;

/// People who wrote the books.
#[viewset]
impl ModelViewSet for AuthorViewSet {
    type Serializer = AuthorSerializer;
    type Filter = AuthorFilter;
    type Pagination = LimitOffset<100>;
}

pub struct SubjectViewSet;

/// What the books are about.
#[viewset]
impl ModelViewSet for SubjectViewSet {
    type Serializer = SubjectSerializer;
    type Filter = SubjectFilter;
}

pub struct BookViewSet;

/// The titles of the catalogue.
#[viewset]
impl ModelViewSet for BookViewSet {
    type Serializer = BookSerializer;
    type Filter = BookFilter;
    type Pagination = PageNumber<100>;

    /// The newest books first.
    #[action(detail = false)]
    fn recent(&self, request: &Request, conn: &mut Conn) -> Result<Response> {
        let newest = |books: QueryOf<Self>| {
            books.order((catalog_book::created_at.desc(), catalog_book::id.desc()))
        };
        list_response::<BookSerializer, PageNumber<100>>(
            request,
            || self.get_queryset(request),
            newest,
            conn,
        )
    }

    /// New copies of one book, numbered on from the highest.
    #[action(
        detail = true,
        method = "post",
        serializer = AddCopies,
        policies = Policies { permissions: Some(&[&HasPerms(&["holdings.add_copy"])]), ..Policies::DEFAULT }
    )]
    fn add_copies(&self, request: &Request, conn: &mut Conn) -> Result<Response> {
        let book = self.lock_object(request, conn)?;
        let AddCopiesData { branch, count } = AddCopies::validated(request, conn)?;
        let copies = Copy::add(book.id, branch, count, conn)?;
        rows_response::<CopySerializer>(request, &copies, StatusCode::CREATED, conn)
    }

    /// The copies of one book, by number.
    #[action(detail = true)]
    fn copies(&self, request: &Request, conn: &mut Conn) -> Result<Response> {
        let book = self.get_object(request, conn)?;
        list_response::<CopySerializer, PageNumber<100>>(
            request,
            || Book::FIELDS.copies.of(book.id),
            Copy::order,
            conn,
        )
    }

    /// What readers think of one book.
    #[action(detail = true)]
    fn reviews(&self, request: &Request, conn: &mut Conn) -> Result<Response> {
        let book = self.get_object(request, conn)?;
        list_response::<ReviewSerializer, PageNumber<100>>(
            request,
            || Book::FIELDS.reviews.of(book.id),
            Review::order,
            conn,
        )
    }
}
