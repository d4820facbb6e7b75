//! Uploaded files and images (contract §5.20); the column holds a name in the storage, the answer shows a URL. A plain
//! serializer may read the file itself, for the service to use as it likes.

use std::io::BufReader;

use serde::Serializer;
use serde_json::Value;

use super::{Field, FieldKind, FieldOptions, fail, null};
use crate::{exceptions::ErrorDetail, input::UploadedFile, request::Request, serializers::Scope};

/// The usual endings of what an image may be: GIF, JPEG, PNG, WebP.
const IMAGE_SUFFIXES: [&str; 8] = ["apng", "gif", "jfif", "jpe", "jpeg", "jpg", "png", "webp"];

/// A file that a client sends in a form; the column is a `String`, empty for none.
///
/// `#[field(upload_to = "manuals/")]` is the folder of its files.
#[derive(Debug)]
pub struct FileField;

impl Field for FileField {
    type Value = String;

    const KIND: FieldKind = FieldKind::new("file upload");

    fn to_internal_value(input: &Value, _options: &FieldOptions) -> Result<String, ErrorDetail> {
        match input {
            Value::Null => null(),
            _ => fail("This is not a file; send a form with one.", "invalid"),
        }
    }

    fn from_file(
        file: &UploadedFile,
        options: &FieldOptions,
        scope: &Scope<'_>,
    ) -> Result<String, ErrorDetail> {
        check(file, options)?;
        claim(file, options, scope)
    }

    fn file_name(value: &String) -> Option<&str> {
        (!value.is_empty()).then_some(value)
    }

    fn to_representation<S: Serializer>(
        value: &String,
        _options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(value)
    }

    fn represent<S: Serializer>(
        value: &String,
        _options: &FieldOptions,
        request: &Request,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        if value.is_empty() {
            return serializer.serialize_none();
        }
        let url = request.settings.storage.url(value);
        match url.starts_with('/') {
            true => serializer.collect_str(&format_args!("{}{url}", request.origin())),
            false => serializer.serialize_str(&url),
        }
    }
}

/// As [`FileField`], for images: GIF, JPEG, PNG or WebP, of at most as many pixels as the settings allow.
///
/// The start of the file must be that of an image. The rest is not decoded.
#[derive(Debug)]
pub struct ImageField;

impl Field for ImageField {
    type Value = String;

    const KIND: FieldKind = FieldKind::new("image upload");

    fn to_internal_value(input: &Value, options: &FieldOptions) -> Result<String, ErrorDetail> {
        FileField::to_internal_value(input, options)
    }

    fn from_file(
        file: &UploadedFile,
        options: &FieldOptions,
        scope: &Scope<'_>,
    ) -> Result<String, ErrorDetail> {
        check(file, options)?;
        check_image(file, scope.request.settings.max_image_pixels)?;
        claim(file, options, scope)
    }

    fn file_name(value: &String) -> Option<&str> {
        FileField::file_name(value)
    }

    fn to_representation<S: Serializer>(
        value: &String,
        options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        FileField::to_representation(value, options, serializer)
    }

    fn represent<S: Serializer>(
        value: &String,
        options: &FieldOptions,
        request: &Request,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        FileField::represent(value, options, request, serializer)
    }
}

fn check(file: &UploadedFile, options: &FieldOptions) -> Result<(), ErrorDetail> {
    let length = file.name.chars().count();
    match options.max_length {
        _ if file.name.is_empty() => fail("The file has no name.", "no_name"),
        _ if file.size == 0 && !options.allow_empty_file => fail("The file is empty.", "empty"),
        Some(limit) if length > limit => fail(
            format!("The name of the file may have at most {limit} characters."),
            "max_length",
        ),
        _ => Ok(()),
    }
}

fn check_image(file: &UploadedFile, max_pixels: u64) -> Result<(), ErrorDetail> {
    let size = file
        .open()
        .ok()
        .and_then(|content| imagesize::reader_size(BufReader::new(content)).ok());
    let pixels = size.map(|size| (size.width as u64).saturating_mul(size.height as u64));
    match pixels {
        None | Some(0) => {
            return fail(
                "This is not a GIF, JPEG, PNG or WebP image.",
                "invalid_image",
            );
        }
        Some(pixels) if pixels > max_pixels => {
            let message = format!("The image may have at most {max_pixels} pixels.");
            return fail(message, "invalid_image");
        }
        Some(_) => {}
    }
    let suffix = match file.name.rsplit_once('.') {
        Some((stem, suffix)) if !stem.is_empty() => suffix,
        _ => "",
    };
    let is_known = IMAGE_SUFFIXES
        .iter()
        .any(|known| known.eq_ignore_ascii_case(suffix));
    if is_known {
        Ok(())
    } else {
        fail(
            format!("The name of an image does not end in “{suffix}”."),
            "invalid_extension",
        )
    }
}

/// The name under which the file will be stored.
fn claim(
    file: &UploadedFile,
    options: &FieldOptions,
    scope: &Scope<'_>,
) -> Result<String, ErrorDetail> {
    let name = scope
        .request
        .claim(file, options.upload_to, options.max_length);
    name.map_or_else(|| fail("The file needs another name.", "invalid"), Ok)
}

/// DRF's `FileField(use_url=False)`: the file itself, which is stored nowhere. Its name is shown.
impl Field for UploadedFile {
    type Value = UploadedFile;

    const KIND: FieldKind = FileField::KIND;

    fn to_internal_value(
        input: &Value,
        options: &FieldOptions,
    ) -> Result<UploadedFile, ErrorDetail> {
        FileField::to_internal_value(input, options).and_then(|_| null())
    }

    fn from_file(
        file: &UploadedFile,
        options: &FieldOptions,
        _scope: &Scope<'_>,
    ) -> Result<UploadedFile, ErrorDetail> {
        check(file, options)?;
        Ok(file.clone())
    }

    fn to_representation<S: Serializer>(
        value: &UploadedFile,
        _options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&value.name)
    }
}

/// As [`UploadedFile`], for what an [`ImageField`] takes.
#[derive(Debug)]
pub struct UploadedImage;

impl Field for UploadedImage {
    type Value = UploadedFile;

    const KIND: FieldKind = ImageField::KIND;

    fn to_internal_value(
        input: &Value,
        options: &FieldOptions,
    ) -> Result<UploadedFile, ErrorDetail> {
        UploadedFile::to_internal_value(input, options)
    }

    fn from_file(
        file: &UploadedFile,
        options: &FieldOptions,
        scope: &Scope<'_>,
    ) -> Result<UploadedFile, ErrorDetail> {
        check(file, options)?;
        check_image(file, scope.request.settings.max_image_pixels)?;
        Ok(file.clone())
    }

    fn to_representation<S: Serializer>(
        value: &UploadedFile,
        options: &FieldOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        UploadedFile::to_representation(value, options, serializer)
    }
}
