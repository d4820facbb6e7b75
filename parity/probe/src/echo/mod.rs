//! `parity/oracle/probe/echo.py`: `POST /probe/echo/<theme>/` validates the body and answers what it was understood as.

use restwell::{api_views::ApiView, prelude::*, serializers::Many};

mod fields;
mod presence;
mod rules;

use self::{
    fields::{
        Addresses, Choices, Composites, FilledChoices, Flags, Numbers, RequiredUpload, Texts,
        Times, Uploads,
    },
    presence::{Hooks, Presence, Sources},
    rules::{Nested, Shapes, Stages, Sub, valid_nested},
};

pub(crate) fn urls(urls: Urls) -> Urls {
    let urls = theme::<Presence>(urls, "presence");
    let urls = theme::<Hooks>(urls, "hooks");
    let urls = theme::<Sources>(urls, "sources");
    let urls = theme::<Texts>(urls, "texts");
    let urls = theme::<Numbers>(urls, "numbers");
    let urls = theme::<Flags>(urls, "flags");
    let urls = theme::<Times>(urls, "times");
    let urls = theme::<Addresses>(urls, "addresses");
    let urls = theme::<Choices>(urls, "choices");
    let urls = theme::<FilledChoices>(urls, "choices-filled");
    let urls = theme::<Composites>(urls, "composites");
    let urls = theme::<Uploads>(urls, "uploads");
    let urls = theme::<RequiredUpload>(urls, "required-upload");
    let urls = theme::<Nested>(urls, "nested");
    let urls = theme::<Stages>(urls, "stages");
    let urls = theme::<Shapes>(urls, "shapes");
    let valid = ApiView::new("ValidView")
        .description("Answers what was valid, which need not be whole.")
        .serializer::<Nested>()
        .post(valid_nested)
        .patch(valid_nested);
    let bounded = Many {
        min_length: Some(1),
        max_length: Some(2),
        ..Many::ANY
    };
    let filled = Many {
        allow_empty: false,
        ..Many::ANY
    };
    let listed = Many {
        errors_as_dict: Some(false),
        ..Many::ANY
    };
    let urls = urls.path("/probe/echo/nested-valid/", "echo-nested-valid", valid);
    let urls = many(urls, "many", Many::ANY);
    let urls = many(urls, "many-listed", listed);
    let urls = many(urls, "many-bounded", bounded);
    many(urls, "many-filled", filled)
}

/// A view that answers what it was sent.
fn theme<S: PlainSerializer>(urls: Urls, name: &str) -> Urls {
    let view = ApiView::new("EchoView")
        .description("Answers what it was sent.")
        .serializer::<S>()
        .post(echo::<S>)
        .patch(echo::<S>);
    urls.path(
        &format!("/probe/echo/{name}/"),
        &format!("echo-{name}"),
        view,
    )
}

fn echo<S: PlainSerializer>(request: &Request, conn: &mut Conn) -> Result<Response> {
    let data = S::validated(request, conn)?;
    Response::ok(request, &S::representation(&data, request))
}

/// A view that answers the rows that it was sent.
fn many(urls: Urls, name: &str, limits: Many) -> Urls {
    let echo = move |request: &Request, conn: &mut Conn| {
        let rows = Sub::validated_list(request, limits, conn)?;
        let rows: Vec<_> = rows
            .iter()
            .map(|row| Sub::representation(row, request))
            .collect();
        Response::ok(request, &rows)
    };
    let view = ApiView::new("ManyView")
        .description("Answers the rows that it was sent.")
        .serializer::<Sub>()
        .post(echo)
        .patch(echo);
    urls.path(
        &format!("/probe/echo/{name}/"),
        &format!("echo-{name}"),
        view,
    )
}
