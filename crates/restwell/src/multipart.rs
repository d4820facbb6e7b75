//! Bodies that may hold files, read while they arrive (contract §3.10, §3.12).
//!
//! Of a file no more than a batch is in memory at a time, and everything has a limit: see [`Settings`]. Written here
//! because `multer` takes only streams that can go to another thread, which actix's cannot, keeps any amount of bytes
//! before a part's contents in memory, and refuses a body that was cut off.

use std::io::{self, Write};

use actix_web::web;
use memchr::memmem;
use tempfile::SpooledTempFile;

use crate::{
    exceptions::{ApiException, Result},
    input::{Form, Part, UploadedFile, base_name},
    parsers::{Chunks, Disposition, malformed, media_type},
    request::MAX_FIELDS,
    settings::Settings,
};

/// Up to here a file stays in memory.
const IN_MEMORY: usize = 64 * 1024;
/// How many bytes are written to a file at once.
const BATCH: usize = 256 * 1024;
/// The headers of one part.
const MAX_HEADERS: usize = 8 * 1024;
const MAX_HEADER_COUNT: usize = 16;
const MAX_BOUNDARY: usize = 200;

/// Reads `multipart/form-data`; `None` for an empty body.
///
/// # Errors
/// 400 `parse_error` for no usable boundary and for too many parts, 413 for what is over a limit;
/// else as [`Chunks::next`].
pub(crate) async fn read_form(
    payload: &mut web::Payload,
    content_type: &str,
    settings: &Settings,
) -> Result<Option<Form>> {
    let mut chunks = Chunks::new(payload, settings.max_upload, settings);
    let Some(first) = chunks.next().await? else {
        return Ok(None);
    };
    let mut splitter = Splitter::new(&boundary(content_type)?);
    let mut parts = Parts::new(settings);
    let mut chunk = Some(first);
    while let Some(bytes) = chunk {
        for bytes in bytes.chunks(BATCH) {
            splitter.push(bytes);
            parts.take(&mut splitter).await?;
        }
        chunk = chunks.next().await?;
    }
    splitter.end();
    parts.take(&mut splitter).await?;
    Ok(Some(Form::new(parts.read)))
}

/// Reads a body that is one file; `None` if it is empty.
///
/// # Errors
/// 400 `parse_error` for a file without a name, 413 for one that is too large; else as [`Chunks::next`].
pub(crate) async fn read_file(
    payload: &mut web::Payload,
    name: Option<&str>,
    content_type: &str,
    settings: &Settings,
) -> Result<Option<Form>> {
    let mut chunks = Chunks::new(payload, settings.max_file, settings);
    let mut writer = Writer::new(settings.max_file);
    while let Some(chunk) = chunks.next().await? {
        writer.write(&chunk).await?;
    }
    if writer.size == 0 {
        return Ok(None);
    }
    let name = name.ok_or_else(|| malformed("is a file without a name"))?;
    let name = base_name(name).unwrap_or_default();
    let file = writer.finish(name, content_type.to_owned()).await?;
    Ok(Some(Form::new(vec![("file".to_owned(), Part::File(file))])))
}

/// Django's rule for boundaries.
fn boundary(content_type: &str) -> Result<String> {
    let boundary = media_type(content_type)
        .and_then(|media| media.param("boundary").map(str::to_owned))
        .filter(|boundary| (1..=MAX_BOUNDARY + 1).contains(&boundary.len()))
        .filter(|boundary| boundary.bytes().all(|byte| (b' '..=b'~').contains(&byte)))
        .filter(|boundary| !boundary.ends_with(' '));
    boundary.ok_or_else(|| malformed("has no usable boundary in its content type"))
}

/// The parts that have been read, and the one that is being read.
struct Parts<'a> {
    settings: &'a Settings,
    read: Vec<(String, Part)>,
    /// Bytes of names and texts.
    text: usize,
    fields: usize,
    files: usize,
    open: Open,
}

/// The part that is being read.
enum Open {
    Text(String, Vec<u8>),
    File(String, Headers, Writer),
    /// It has no name, or none that a file can have.
    Ignored,
}

impl<'a> Parts<'a> {
    fn new(settings: &'a Settings) -> Self {
        Self {
            settings,
            read: Vec::new(),
            text: 0,
            fields: 0,
            files: 0,
            open: Open::Ignored,
        }
    }

    /// Takes all that is there.
    async fn take(&mut self, splitter: &mut Splitter) -> Result<()> {
        while let Some(event) = splitter.next_event()? {
            match event {
                Event::Part(headers) => self.open(headers)?,
                Event::Content(bytes) => self.write(&bytes).await?,
                Event::End => self.close().await?,
            }
        }
        Ok(())
    }

    fn open(&mut self, headers: Headers) -> Result<()> {
        // A part without a file name, or with an empty one, is a text: so browsers send a file that was not chosen.
        let is_file = headers
            .file_name
            .as_deref()
            .is_some_and(|name| !name.is_empty());
        let (count, limit, what) = if is_file {
            (&mut self.files, self.settings.max_files, "files")
        } else {
            (&mut self.fields, MAX_FIELDS, "fields")
        };
        *count += 1;
        if *count > limit {
            return Err(malformed(format!("holds more than {limit} {what}")));
        }
        self.count_text(headers.name.as_ref().map_or(0, String::len))?;
        self.open = match headers.name.clone() {
            None => Open::Ignored,
            Some(name) if is_file => Open::File(name, headers, Writer::new(self.settings.max_file)),
            Some(name) => Open::Text(name, Vec::new()),
        };
        Ok(())
    }

    fn count_text(&mut self, bytes: usize) -> Result<()> {
        self.text += bytes;
        if self.text > self.settings.max_body {
            return Err(ApiException::too_large());
        }
        Ok(())
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        match &mut self.open {
            Open::Text(_, text) => {
                text.extend_from_slice(bytes);
                self.count_text(bytes.len())
            }
            Open::File(_, _, writer) => writer.write(bytes).await,
            Open::Ignored => Ok(()),
        }
    }

    async fn close(&mut self) -> Result<()> {
        match std::mem::replace(&mut self.open, Open::Ignored) {
            Open::Text(name, text) => {
                let text = String::from_utf8_lossy(&text).into_owned();
                self.read.push((name, Part::Text(text)));
            }
            Open::File(name, headers, writer) => {
                let file_name = headers.file_name.as_deref().and_then(base_name);
                if let Some(file_name) = file_name {
                    let file = writer.finish(file_name, headers.content_type).await?;
                    self.read.push((name, Part::File(file)));
                }
            }
            Open::Ignored => {}
        }
        Ok(())
    }
}

/// A temporary file while it grows. What is small stays in memory; batches of what is not are written off the
/// asynchronous threads.
struct Writer {
    file: SpooledTempFile,
    waiting: Vec<u8>,
    size: u64,
    limit: u64,
}

impl Writer {
    fn new(limit: u64) -> Self {
        Self {
            file: SpooledTempFile::new(IN_MEMORY),
            waiting: Vec::new(),
            size: 0,
            limit,
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.size += bytes.len() as u64;
        if self.size > self.limit {
            return Err(ApiException::too_large());
        }
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= BATCH {
            self.flush().await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<()> {
        let mut file = std::mem::replace(&mut self.file, SpooledTempFile::new(0));
        let waiting = std::mem::take(&mut self.waiting);
        let write = move || -> io::Result<SpooledTempFile> {
            file.write_all(&waiting)?;
            Ok(file)
        };
        let written = if self.size <= IN_MEMORY as u64 {
            write()
        } else {
            web::block(write).await.map_err(io::Error::other).flatten()
        };
        self.file = written.map_err(|error| {
            ApiException::internal(format!("an upload could not be kept: {error}"))
        })?;
        Ok(())
    }

    async fn finish(mut self, name: String, content_type: String) -> Result<UploadedFile> {
        self.flush().await?;
        Ok(UploadedFile::new(name, content_type, self.size, self.file))
    }
}

/// What the headers of a part say.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Headers {
    /// The name of the field.
    pub name: Option<String>,
    /// The client's name for the file; a part without one is a text.
    pub file_name: Option<String>,
    /// What the client says that the part is; empty for nothing.
    pub content_type: String,
}

/// What comes next in a body.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// A part begins.
    Part(Headers),
    /// Some of its bytes.
    Content(Vec<u8>),
    /// It ends.
    End,
}

/// Takes a body apart at its boundaries (RFC 2046 §5.1.1), however it is cut into chunks.
pub struct Splitter {
    /// What stands before each part but for its own line break: `\r\n--boundary`.
    delimiter: Vec<u8>,
    buffer: Vec<u8>,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Preamble,
    /// Right behind a delimiter.
    Boundary,
    Headers,
    Content,
    Done,
}

impl Splitter {
    /// For a body with this boundary.
    pub fn new(boundary: &str) -> Self {
        Self {
            delimiter: [b"\r\n--", boundary.as_bytes()].concat(),
            // The first delimiter may stand at the very start.
            buffer: b"\r\n".to_vec(),
            state: State::Preamble,
        }
    }

    /// More bytes of the body.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.state != State::Done {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// No more bytes come: what was read of the last part counts, even if it was cut off.
    pub fn end(&mut self) {
        let closing = [&self.delimiter[..], b"--"].concat();
        self.push(&closing);
    }

    /// The next event; `None` if more bytes are needed.
    ///
    /// # Errors
    /// 400 `parse_error` for headers that are too long, or none.
    pub fn next_event(&mut self) -> Result<Option<Event>> {
        loop {
            let before = self.state;
            match self.state {
                State::Preamble => self.state = self.preamble().unwrap_or(before),
                State::Boundary => self.state = self.boundary().unwrap_or(before),
                State::Headers => return self.headers(),
                State::Content => return Ok(self.content()),
                State::Done => self.buffer.clear(),
            }
            if self.state == before {
                return Ok(None);
            }
        }
    }

    fn preamble(&mut self) -> Option<State> {
        let (_, is_end) = self.until_delimiter();
        is_end.then_some(State::Boundary)
    }

    fn content(&mut self) -> Option<Event> {
        let (content, is_end) = self.until_delimiter();
        if is_end {
            self.state = State::Boundary;
            return Some(Event::End);
        }
        (!content.is_empty()).then_some(Event::Content(content))
    }

    /// Takes what stands before the next delimiter, or, if nothing does, the delimiter: then `true`.
    fn until_delimiter(&mut self) -> (Vec<u8>, bool) {
        let found = memmem::find(&self.buffer, &self.delimiter);
        if found == Some(0) {
            self.buffer.drain(..self.delimiter.len());
            return (Vec::new(), true);
        }
        // The end may be the start of a delimiter.
        let known = self.buffer.len().saturating_sub(self.delimiter.len() - 1);
        let rest = self.buffer.split_off(found.unwrap_or(known));
        let before = std::mem::replace(&mut self.buffer, rest);
        if self.state == State::Preamble && found.is_some() {
            return self.until_delimiter();
        }
        (before, false)
    }

    /// What follows a delimiter: `--` ends the body, a line break begins a part.
    fn boundary(&mut self) -> Option<State> {
        let start = self.buffer.get(..2)?;
        if start == b"--" {
            return Some(State::Done);
        }
        let is_padding = |byte: &u8| matches!(byte, b' ' | b'\t');
        let padding = self
            .buffer
            .iter()
            .take_while(|byte| is_padding(byte))
            .count();
        let line_break = match self.buffer.get(padding..padding + 2) {
            None if padding <= MAX_HEADERS => return None,
            line_break => line_break,
        };
        if line_break == Some(b"\r\n") {
            // The line break stays: headers may be none, and then the empty line follows at once.
            self.buffer.drain(..padding);
            return Some(State::Headers);
        }
        // A longer boundary that starts like this one: not ours.
        Some(State::Preamble)
    }

    fn headers(&mut self) -> Result<Option<Event>> {
        let found = memmem::find(&self.buffer, b"\r\n\r\n");
        if found.unwrap_or(self.buffer.len()) > MAX_HEADERS {
            return Err(malformed("has a part with too many headers"));
        }
        let Some(end) = found else {
            return Ok(None);
        };
        let rest = self.buffer.split_off(end + 4);
        let block = std::mem::replace(&mut self.buffer, rest);
        self.state = State::Content;
        Ok(Some(Event::Part(parse_headers(&block[2..])?)))
    }
}

fn parse_headers(block: &[u8]) -> Result<Headers> {
    let mut found = [httparse::EMPTY_HEADER; MAX_HEADER_COUNT];
    let mut headers = Headers::default();
    if block.len() <= 2 {
        return Ok(headers);
    }
    let Ok(httparse::Status::Complete((_, found))) = httparse::parse_headers(block, &mut found)
    else {
        return Err(malformed("has a part whose headers are none"));
    };
    for header in found {
        let value = String::from_utf8_lossy(header.value);
        if header.name.eq_ignore_ascii_case("content-disposition") {
            let disposition = Disposition::parse(&value);
            headers.name = disposition.name;
            headers.file_name = disposition.file_name;
        } else if header.name.eq_ignore_ascii_case("content-type") {
            headers.content_type = value.into_owned();
        }
    }
    Ok(headers)
}
