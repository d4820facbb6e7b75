//! Gives out the files of a storage that leaves this to the service. Whoever uploaded them chose their contents: so a
//! browser shows only what can do nothing there, and guesses no types.

use actix_files::NamedFile;
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method,
        header::{self, ContentDisposition, DispositionType, HeaderValue},
    },
};
use percent_encoding::percent_decode_str;

use crate::{
    exceptions::{ApiException, Result},
    storage::Storage,
};

/// What a browser may show; all else it saves. SVG and HTML hold scripts.
const SHOWN: [&str; 5] = [
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "text/plain",
];

/// The name of the file that a path stands for, if it is below the storage's.
pub(crate) fn name_of(path: &str, storage: &dyn Storage) -> Option<String> {
    let rest = path.strip_prefix(storage.base_path()?)?;
    Some(percent_decode_str(rest).decode_utf8_lossy().into_owned())
}

/// The file, whole or in part, or 304 if the client has it.
///
/// # Errors
/// 404 if there is none, 405 for a verb that does more than read.
pub(crate) fn respond(
    http: &HttpRequest,
    name: &str,
    storage: &dyn Storage,
) -> Result<HttpResponse> {
    if !matches!(*http.method(), Method::GET | Method::HEAD) {
        return Err(ApiException::method_not_allowed(http.method().as_str()));
    }
    let file = storage
        .open(name)
        .and_then(|file| NamedFile::from_file(file, name));
    let file = file.map_err(|_| ApiException::not_found())?;
    let is_shown = SHOWN.contains(&file.content_type().essence_str());
    let disposition = ContentDisposition {
        disposition: match is_shown {
            true => DispositionType::Inline,
            false => DispositionType::Attachment,
        },
        parameters: file.content_disposition().parameters.clone(),
    };
    let mut response = file
        .set_content_disposition(disposition)
        .into_response(http);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox"),
    );
    // A name may come to stand for another file.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}
