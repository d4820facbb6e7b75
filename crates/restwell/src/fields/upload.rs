//! Uploaded files that no model holds: what a plain serializer reads, for the service to use as it likes.

use serde::Serializer;
use serde_json::Value;

use super::{
    Field, FieldKind, FieldOptions, FileField, ImageField,
    file::{check, check_image},
    null,
};
use crate::{exceptions::ErrorDetail, forms::UploadedFile, serializers::Scope};

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
