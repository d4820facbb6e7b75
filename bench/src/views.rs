//! The three requests.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use serde::Deserialize;

use crate::{
    answer::{BookJson, Failure, Page, json_response, to_json},
    auth::Credentials,
    db::Db,
    input::{BookInput, NewBook},
    queries,
};

const PAGE_SIZE: i64 = 20;

/// The parameters of a list.
#[derive(Deserialize)]
pub(crate) struct ListQuery {
    page: Option<String>,
}

/// `GET /api/books/`
pub(crate) async fn list(
    request: HttpRequest,
    query: web::Query<ListQuery>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Failure> {
    let number = query
        .page
        .as_deref()
        .map_or(Ok(1), str::parse)
        .ok()
        .filter(|number| *number > 0);
    let number: i64 = number.ok_or(Failure::NotFound("There is no such page."))?;
    let (url, credentials) = (url_of(&request), Credentials::of(&request));
    let body = db.run(move |conn| {
        credentials.user(conn)?;
        let offset = (number - 1).saturating_mul(PAGE_SIZE);
        let (count, books) = queries::page(PAGE_SIZE, offset, conn)?;
        if books.is_empty() && number > 1 {
            return Err(Failure::NotFound("There is no such page."));
        }
        let related = queries::related(&books, conn)?;
        let page = Page {
            count,
            next: (offset + PAGE_SIZE < count).then(|| format!("{url}?page={}", number + 1)),
            previous: match number {
                1 => None,
                2 => Some(url),
                _ => Some(format!("{url}?page={}", number - 1)),
            },
            results: books
                .iter()
                .filter_map(|book| Some(BookJson::new(book, related.get(&book.id)?)))
                .collect(),
        };
        to_json(&page, 16 * 1024)
    });
    Ok(json_response(StatusCode::OK, body.await?))
}

/// `GET /api/books/{id}/`
pub(crate) async fn retrieve(
    request: HttpRequest,
    id: web::Path<String>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Failure> {
    let credentials = Credentials::of(&request);
    let id = id
        .parse()
        .map_err(|_| Failure::NotFound("There is nothing here."))?;
    let body = db.run(move |conn| {
        credentials.user(conn)?;
        let (book, related) = queries::book(id, conn)?;
        to_json(&BookJson::new(&book, &related), 1024)
    });
    Ok(json_response(StatusCode::OK, body.await?))
}

/// `POST /api/books/`
pub(crate) async fn create(
    request: HttpRequest,
    body: web::Bytes,
    db: web::Data<Db>,
) -> Result<HttpResponse, Failure> {
    let credentials = Credentials::of(&request);
    let body = db.run(move |conn| {
        credentials.check_superuser(conn)?;
        let input: BookInput = serde_json::from_slice(&body).map_err(|error| {
            Failure::Malformed(format!("The request body is not JSON: {error}."))
        })?;
        let new = NewBook::try_from(input)?;
        let (book, related) = queries::insert(new, conn)?;
        to_json(&BookJson::new(&book, &related), 1024)
    });
    Ok(json_response(StatusCode::CREATED, body.await?))
}

/// The absolute URL that was asked for, without its query.
fn url_of(request: &HttpRequest) -> String {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let scheme = if request.app_config().secure() {
        "https"
    } else {
        "http"
    };
    format!("{scheme}://{host}{}", request.path())
}
