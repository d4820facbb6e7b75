//! What a form holds: texts and files by name (contract §3.9, §3.10).
//!
//! A form is read by a parser; its fields are taken apart by [`crate::input`]. The files lie in memory if they are
//! small, else in unnamed files of the system's folder for temporary ones: they vanish with the request.

use std::{
    fmt, io,
    io::{Read, Seek},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::{Map, Value};
use tempfile::SpooledTempFile;

/// File systems hold names of 255 bytes, and a random ending may be added.
const MAX_NAME: usize = 240;
const MAX_SUFFIX: usize = 20;

/// The texts and files of a form, in the order in which they were sent, files last.
#[derive(Debug, Default)]
pub struct Form(Vec<(String, Part)>);

/// One value of a form.
#[derive(Debug)]
pub enum Part {
    /// A text.
    Text(String),
    /// A part that has a file name.
    File(UploadedFile),
}

impl Form {
    pub(crate) fn new(mut parts: Vec<(String, Part)>) -> Self {
        // DRF adds the files to the texts, so that a file is the last value of its name.
        parts.sort_by_key(|(_, part)| matches!(part, Part::File(_)));
        Self(parts)
    }

    /// Every value with its name.
    pub fn parts(&self) -> impl Iterator<Item = (&str, &Part)> {
        self.0.iter().map(|(name, part)| (name.as_str(), part))
    }

    /// The last file of this name.
    pub fn file(&self, name: &str) -> Option<&UploadedFile> {
        let named = self.parts().filter(|(known, _)| *known == name);
        named
            .filter_map(|(_, part)| match part {
                Part::File(file) => Some(file),
                Part::Text(_) => None,
            })
            .last()
    }

    /// The last text of each name, as the object that a JSON body would be.
    pub(crate) fn texts(&self) -> Value {
        let mut texts = Map::new();
        for (name, part) in self.parts() {
            if let Part::Text(text) = part {
                texts.insert(name.to_owned(), text.as_str().into());
            }
        }
        Value::Object(texts)
    }
}

/// A file that a client sent; it lasts as long as its request.
#[derive(Clone)]
pub struct UploadedFile {
    /// The client's name for it, without folders; empty if it has none that can be used.
    pub name: String,
    /// What the client says that it is; nothing has checked it.
    pub content_type: String,
    /// Its length in bytes.
    pub size: u64,
    content: Arc<Mutex<SpooledTempFile>>,
}

impl UploadedFile {
    pub(crate) fn new(
        name: String,
        content_type: String,
        size: u64,
        content: SpooledTempFile,
    ) -> Self {
        Self {
            name,
            content_type,
            size,
            content: Arc::new(Mutex::new(content)),
        }
    }

    /// Its bytes, from the first.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn open(&self) -> io::Result<impl Read + Seek + '_> {
        let mut content = self.content.lock().unwrap_or_else(PoisonError::into_inner);
        content.rewind()?;
        Ok(Content(content))
    }
}

impl fmt::Debug for UploadedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.name, self.size)
    }
}

struct Content<'a>(MutexGuard<'a, SpooledTempFile>);

impl Read for Content<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Seek for Content<'_> {
    fn seek(&mut self, position: io::SeekFrom) -> io::Result<u64> {
        self.0.seek(position)
    }
}

/// The last part of a client's name for a file, without what cannot be printed; `None` if nothing is left (Django's
/// `sanitize_file_name`).
pub(crate) fn base_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last
        .chars()
        .filter(|character| !character.is_control())
        .collect();
    let name = name.trim();
    (!matches!(name, "" | "." | "..")).then(|| shortened(name))
}

/// The name within [`MAX_NAME`], its last suffix kept.
fn shortened(name: &str) -> String {
    if name.len() <= MAX_NAME {
        return name.to_owned();
    }
    let suffix = name.rfind('.').map_or("", |dot| &name[dot..]);
    let suffix = if suffix.len() > MAX_SUFFIX {
        ""
    } else {
        suffix
    };
    let end = name.floor_char_boundary(MAX_NAME - suffix.len());
    format!("{}{suffix}", &name[..end])
}
