//! What a serializer reads: an object of JSON, or a form, whose texts mean what the fields make of them (contract §5.2).
//!
//! A form is read by a parser (contract §3.9, §3.10). Its files lie in memory if they are small, else in unnamed files of
//! the system's folder for temporary ones: they vanish with the request.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fmt,
    io::{self, Read, Seek},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::{Map, Value};
use tempfile::SpooledTempFile;

use crate::{exceptions::Result, parsers::parse_json, request::Request, serializers::FieldInfo};

/// How a form holds the value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormValue {
    /// The last text, or file, of the field's name.
    Text,
    /// As `Text`; nothing stands for false, since browsers send nothing for an empty box.
    Boolean,
    /// Every text of the name, or those of `name[0]`, `name[1]`, ….
    List,
    /// Every text of the name; nothing stands for none, since browsers send nothing if nothing is selected.
    Selection,
    /// The texts of `name.key`.
    Dict,
    /// A text of JSON.
    Json,
    /// The object whose keys are written `name.key`.
    Object,
    /// The objects whose keys are written `name[0]key`.
    Objects,
}

/// What a client sent for one serializer.
pub enum Input<'a> {
    /// An object of JSON.
    Json(&'a Map<String, Value>),
    /// A form.
    Form(FormInput<'a>),
}

/// What a client sent for one field, or as a whole.
#[derive(Clone)]
pub enum Sent<'a> {
    /// A value of JSON, or what a form's texts stand for.
    Value(Cow<'a, Value>),
    /// A file.
    File(&'a UploadedFile),
    /// A text of a form that should be JSON and is not.
    Malformed,
    /// A form, or a part of one, that stands for an object.
    Object(FormInput<'a>),
    /// Parts of a form that stand for a list of objects.
    Objects(Vec<FormInput<'a>>),
}

impl<'a> Input<'a> {
    /// What was sent for a field; `None` for nothing. `partial` as in [`crate::serializers::Scope`].
    pub fn get(&self, field: &FieldInfo, kind: FormValue, partial: bool) -> Option<Sent<'a>> {
        match self {
            Self::Json(object) => {
                let value = object.get(field.name)?;
                Some(Sent::Value(Cow::Borrowed(value)))
            }
            Self::Form(form) => form.get(field, kind, partial),
        }
    }
}

impl<'a> Sent<'a> {
    /// The body of a request.
    ///
    /// # Errors
    /// Those of [`Request::data`].
    pub fn of(request: &'a Request) -> Result<Self> {
        Ok(match request.form()? {
            Some(form) => Self::Object(FormInput::new(form)),
            None => Self::Value(Cow::Borrowed(request.data()?)),
        })
    }

    /// The body of a request, which should be a list: the keys of a form are written `[0]key`.
    ///
    /// # Errors
    /// Those of [`Request::data`].
    pub fn list_of(request: &'a Request) -> Result<Self> {
        Ok(match request.form()? {
            Some(form) => Self::Objects(FormInput::new(form).items("")),
            None => Self::Value(Cow::Borrowed(request.data()?)),
        })
    }

    /// Whether this is JSON's null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Value(value) if value.is_null())
    }

    /// The fields of an object, if it is one.
    pub fn object(&self) -> Option<Input<'_>> {
        match self {
            Self::Value(value) => value.as_object().map(Input::Json),
            Self::Object(form) => Some(Input::Form(form.clone())),
            Self::File(_) | Self::Malformed | Self::Objects(_) => None,
        }
    }

    /// The items of a list, if it is one.
    pub fn items(&self) -> Option<Vec<Sent<'_>>> {
        match self {
            Self::Value(value) => {
                let items = value.as_array()?.iter();
                Some(items.map(|item| Sent::Value(Cow::Borrowed(item))).collect())
            }
            Self::Objects(forms) => Some(forms.iter().cloned().map(Sent::Object).collect()),
            Self::File(_) | Self::Malformed | Self::Object(_) => None,
        }
    }

    /// The value, for a field that takes no files: instead of one stands what such a field refuses.
    pub fn into_value(self) -> Cow<'a, Value> {
        match self {
            Self::Value(value) => value,
            _ => Cow::Owned(nothing()),
        }
    }
}

/// What no field but those that hold objects takes.
fn nothing() -> Value {
    Value::Object(Map::new())
}

/// A form, or the part of one that stands for an object inside another.
#[derive(Clone, Debug)]
pub struct FormInput<'a>(Vec<(&'a str, &'a Part)>);

impl<'a> FormInput<'a> {
    /// The whole form.
    pub fn new(form: &'a Form) -> Self {
        Self(form.parts().collect())
    }

    /// The object inside this one whose keys are written `name.key`; `None` if there are none.
    pub fn nested(&self, name: &str) -> Option<Self> {
        let rest = |(key, part): &(&'a str, &'a Part)| {
            let key = key.strip_prefix(name)?.strip_prefix('.')?;
            (!key.is_empty()).then_some((key, *part))
        };
        let parts: Vec<_> = self.0.iter().filter_map(rest).collect();
        (!parts.is_empty()).then_some(Self(parts))
    }

    /// The objects of a list inside this one whose keys are written `name[0]key`, by their numbers; the key of an
    /// item that is no object is empty. For a list at the top the name is empty.
    pub fn items(&self, name: &str) -> Vec<Self> {
        let mut items: BTreeMap<(usize, &str), Vec<_>> = BTreeMap::new();
        for (key, part) in &self.0 {
            let Some((index, key)) = key.strip_prefix(name).and_then(indexed) else {
                continue;
            };
            let parts = items.entry((index.len(), index)).or_default();
            parts.push((key, *part));
        }
        items.into_values().map(Self).collect()
    }

    fn all(&self, name: &str) -> impl DoubleEndedIterator<Item = &'a Part> {
        let named = self.0.iter().filter(move |(known, _)| *known == name);
        named.map(|(_, part)| *part)
    }

    fn get(&self, field: &FieldInfo, kind: FormValue, partial: bool) -> Option<Sent<'a>> {
        let name = field.name;
        let value = match kind {
            FormValue::Text => return self.single(field),
            FormValue::Boolean if !partial && self.all(name).next().is_none() => {
                if field.kind.nullable {
                    Value::Null
                } else {
                    Value::Bool(false)
                }
            }
            FormValue::Boolean => return self.single(field),
            FormValue::Selection | FormValue::List => self.list(name, kind, partial)?,
            FormValue::Dict => self.dict(name)?,
            FormValue::Json => return self.json(field),
            FormValue::Object => return self.nested(name).map(Sent::Object),
            FormValue::Objects => {
                let items = self.items(name);
                return (!items.is_empty()).then_some(Sent::Objects(items));
            }
        };
        Some(Sent::Value(Cow::Owned(value)))
    }

    /// An empty text stands for null, or for nothing, where the field allows it.
    fn single(&self, field: &FieldInfo) -> Option<Sent<'a>> {
        let text = match self.all(field.name).next_back()? {
            Part::File(file) => return Some(Sent::File(file)),
            Part::Text(text) => text,
        };
        let value = match (text.is_empty(), field.options.allow_blank) {
            (true, false) if field.kind.nullable => Value::Null,
            (true, false) if !field.required => return None,
            _ => Value::String(text.clone()),
        };
        Some(Sent::Value(Cow::Owned(value)))
    }

    fn list(&self, name: &str, kind: FormValue, partial: bool) -> Option<Value> {
        let all: Vec<_> = self.all(name).map(text).collect();
        if !all.is_empty() {
            return Some(Value::Array(all));
        }
        if kind == FormValue::Selection {
            return (!partial).then_some(Value::Array(all));
        }
        let item = |item: Self| item.all("").next_back().map_or_else(nothing, text);
        let items: Vec<_> = self.items(name).into_iter().map(item).collect();
        (!items.is_empty()).then_some(Value::Array(items))
    }

    fn dict(&self, name: &str) -> Option<Value> {
        let Some(nested) = self.nested(name) else {
            return self.all(name).next().map(|_| nothing());
        };
        let entries = nested
            .0
            .iter()
            .map(|(key, part)| ((*key).to_owned(), text(part)));
        Some(Value::Object(entries.collect()))
    }

    fn json(&self, field: &FieldInfo) -> Option<Sent<'a>> {
        Some(match self.all(field.name).next_back()? {
            Part::File(file) => Sent::File(file),
            // The field reads a text that holds JSON by itself.
            part if field.options.binary => Sent::Value(Cow::Owned(text(part))),
            Part::Text(text) => match parse_json(text.as_bytes(), None) {
                Ok(value) => Sent::Value(Cow::Owned(value)),
                Err(_) => Sent::Malformed,
            },
        })
    }
}

fn text(part: &Part) -> Value {
    match part {
        Part::Text(text) => Value::String(text.clone()),
        Part::File(_) => nothing(),
    }
}

/// The number in brackets that a key starts with, without leading zeros, and what follows it.
fn indexed(key: &str) -> Option<(&str, &str)> {
    let (index, rest) = key.strip_prefix('[')?.split_once(']')?;
    let is_number = !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some((index.trim_start_matches('0'), rest))
}

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

/// File systems hold names of 255 bytes, and a random ending may be added.
const MAX_NAME: usize = 240;
const MAX_SUFFIX: usize = 20;

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
