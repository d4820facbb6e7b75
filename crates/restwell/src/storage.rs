//! Where uploaded files are kept: a column holds a name, and a [`Storage`] what stands behind it.
//!
//! A file is stored when all fields of its request hold, removed again if the transaction is rolled back, and removed
//! when the row that held it is deleted or gets another, after the commit. A process that is killed in between leaves
//! a file that no row names, never a row without its file.
//!
//! A storage may leave it to the service to give its files out. Whoever uploaded them chose their contents: so a browser
//! shows only what can do nothing there, and guesses no types.

use std::{
    fmt,
    fs::{self, File},
    io::{self, ErrorKind, Read},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    sync::Arc,
};

use actix_files::NamedFile;
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method,
        header::{self, ContentDisposition, DispositionType, HeaderValue},
    },
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::{
    exceptions::{ApiException, Result},
    fields::is_word,
    input::UploadedFile,
    request::Request,
};

/// What Django leaves as it is in the URL of a file.
const URL: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b'!')
    .remove(b'*')
    .remove(b'(')
    .remove(b')')
    .remove(b'\'');

const READABLE: u32 = 0o644;

/// A place for files, by name: `covers/moby_dick.jpg`. Several processes may use one at once.
pub trait Storage: fmt::Debug + Send + Sync {
    /// Called to choose a name: whether it is taken.
    fn exists(&self, name: &str) -> bool;

    /// Called once a request's input holds: stores all of `content` under `name`, or nothing.
    ///
    /// # Errors
    /// `AlreadyExists` if the name is taken, upon which another is chosen; anything else is answered with 500.
    fn save(&self, name: &str, content: &mut dyn Read) -> io::Result<()>;

    /// Called for a file that no row holds any more; one that is not there is no error.
    ///
    /// # Errors
    /// They are logged.
    fn delete(&self, name: &str) -> io::Result<()>;

    /// Called to read a file; a storage that is no folder gives a temporary copy.
    ///
    /// # Errors
    /// `NotFound` if there is none.
    fn open(&self, name: &str) -> io::Result<File>;

    /// Called for each file that is shown: its URL, absolute or from this service's root.
    fn url(&self, name: &str) -> String;

    /// The path, with slashes around it, below which this service gives the files out itself.
    fn base_path(&self) -> Option<&str> {
        None
    }
}

/// Files in a folder of this machine, or of a volume that several share: Django's `FileSystemStorage`.
#[derive(Clone, Debug)]
pub struct FileSystemStorage {
    root: PathBuf,
    base_path: String,
}

impl FileSystemStorage {
    /// Files below the folder `root`, which is made when it is first needed, with URLs below `base_path`.
    ///
    /// # Panics
    /// If `base_path` does not start and end with a slash.
    pub fn new(root: impl Into<PathBuf>, base_path: &str) -> Self {
        assert!(
            base_path.starts_with('/') && base_path.ends_with('/'),
            "the path `{base_path}` of uploaded files must start and end with a slash"
        );
        Self {
            root: root.into(),
            base_path: base_path.to_owned(),
        }
    }

    /// No name leads out of the root, or to a hidden file.
    fn path(&self, name: &str) -> io::Result<PathBuf> {
        let is_plain = |segment: &str| {
            !segment.is_empty() && !segment.starts_with('.') && !segment.contains(['\\', '\0'])
        };
        if name.split('/').all(is_plain) {
            Ok(self.root.join(name))
        } else {
            Err(ErrorKind::NotFound.into())
        }
    }
}

impl Storage for FileSystemStorage {
    fn exists(&self, name: &str) -> bool {
        self.path(name).is_ok_and(|path| path.exists())
    }

    /// The file appears under its name when it is complete.
    fn save(&self, name: &str, content: &mut dyn Read) -> io::Result<()> {
        let path = self.path(name)?;
        let folder = path.parent().unwrap_or(&self.root);
        // A file in the folder's place is not a name that is taken.
        fs::create_dir_all(folder).map_err(io::Error::other)?;
        let mut file = tempfile::Builder::new()
            .prefix(".upload-")
            .permissions(fs::Permissions::from_mode(READABLE))
            .tempfile_in(folder)?;
        io::copy(content, &mut file)?;
        file.persist_noclobber(&path).map_err(|error| error.error)?;
        Ok(())
    }

    fn delete(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.path(name)?) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            result => result,
        }
    }

    fn open(&self, name: &str) -> io::Result<File> {
        let file = File::open(self.path(name)?)?;
        if file.metadata()?.is_file() {
            Ok(file)
        } else {
            Err(ErrorKind::NotFound.into())
        }
    }

    fn url(&self, name: &str) -> String {
        format!("{}{}", self.base_path, utf8_percent_encode(name, URL))
    }

    fn base_path(&self) -> Option<&str> {
        Some(&self.base_path)
    }
}

/// A name for a file as Django makes it: spaces become underscores, and only letters, digits, `-`, `_` and `.` stay.
/// Unlike Django's it starts with no dot; `None` if nothing is left.
pub fn valid_name(name: &str) -> Option<String> {
    let is_kept = |c: &char| is_word(*c) || matches!(c, '-' | '.');
    let name: String = name
        .trim()
        .replace(' ', "_")
        .chars()
        .filter(is_kept)
        .collect();
    let name = name.trim_start_matches('.');
    (!name.is_empty()).then(|| name.to_owned())
}

/// The first of `folder` + `name` and its variants with a random ending that is not taken and has at most
/// `max_length` characters, for which the start of the name may be cut. `None` if there is no room.
pub fn available_name(
    folder: &str,
    name: &str,
    max_length: Option<usize>,
    is_taken: impl Fn(&str) -> bool,
) -> Option<String> {
    let (stem, suffixes) = name.split_at(name.find('.').unwrap_or(name.len()));
    let length = |text: &str| text.chars().count();
    let fits = |name: &str| max_length.is_none_or(|limit| length(name) <= limit);
    let mut full = format!("{folder}{name}");
    while !fits(&full) || is_taken(&full) {
        let ending = format!("_{}{suffixes}", random_text());
        let room = max_length.map_or(usize::MAX, |limit| {
            limit.saturating_sub(length(folder) + length(&ending))
        });
        let start: String = stem.chars().take(room).collect();
        if start.is_empty() {
            return None;
        }
        full = format!("{folder}{start}{ending}");
    }
    Some(full)
}

/// Seven letters or digits.
fn random_text() -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let random = uuid::Uuid::new_v4();
    let letters = random.as_bytes()[..7].iter();
    letters
        .map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()]))
        .collect()
}

impl Request {
    /// A free name for a file, which is stored under it when all of the request's input holds; `None` if `max_length`
    /// leaves no room for one.
    pub(crate) fn claim(
        &self,
        file: &UploadedFile,
        folder: &str,
        max_length: Option<usize>,
    ) -> Option<String> {
        let name = valid_name(&file.name)?;
        let name = available_name(folder, &name, max_length, |name| {
            self.uploads.borrow().iter().any(|(known, _)| known == name)
                || self.settings.storage.exists(name)
        })?;
        self.uploads.borrow_mut().push((name.clone(), file.clone()));
        Some(name)
    }

    /// Forgets the names of an input that did not hold.
    pub(crate) fn forget_claims(&self) {
        self.uploads.borrow_mut().clear();
    }

    /// Stores the files that have been claimed, to be removed if the transaction is rolled back. `false` if another
    /// request was faster to take a name: then nothing is stored.
    pub(crate) fn store_claims(&self) -> Result<bool> {
        let storage = &self.settings.storage;
        let mut stored: Vec<String> = Vec::new();
        for (name, file) in self.uploads.take() {
            let saved = file
                .open()
                .and_then(|mut content| storage.save(&name, &mut content));
            if let Err(error) = saved {
                remove(storage.as_ref(), &stored);
                return match error.kind() {
                    ErrorKind::AlreadyExists => Ok(false),
                    _ => Err(ApiException::internal(format!(
                        "{name} could not be stored: {error}"
                    ))),
                };
            }
            stored.push(name);
        }
        if !stored.is_empty() {
            let storage = Arc::clone(storage);
            self.on_rollback(move || remove(storage.as_ref(), &stored));
        }
        Ok(true)
    }

    /// Removes files that no row holds any more, once that is certain.
    pub fn remove_files(&self, names: Vec<String>) {
        if !names.is_empty() {
            let storage = Arc::clone(&self.settings.storage);
            self.on_commit(move || remove(storage.as_ref(), &names));
        }
    }
}

fn remove(storage: &dyn Storage, names: &[String]) {
    for name in names {
        if let Err(error) = storage.delete(name) {
            log::warn!("the file {name} could not be removed: {error}");
        }
    }
}

/// What a browser may show; all else it saves. SVG and HTML hold scripts.
const SHOWN: [&str; 5] = [
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "text/plain",
];

/// The name of the file that a path stands for, if it is below the storage's.
pub(crate) fn file_of(path: &str, storage: &dyn Storage) -> Option<String> {
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
