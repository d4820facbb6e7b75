//! What an answer's body looks like: JSON, byte for byte as DRF writes it (contract §4.10 to §4.12).
//!
//! Values go straight to the buffer, without a tree between.

use std::{
    fmt,
    io::{self, Write},
};

use actix_web::http::StatusCode;
use serde::ser::{self, Error as _, Serialize, Serializer};
use serde_json::{
    Value,
    ser::{CompactFormatter, Formatter},
};

use crate::settings::Settings;

/// A form that answers can have. The service's are [`crate::settings::Settings::renderers`], a view may have others.
pub trait Renderer: Send + Sync {
    /// The media type that clients ask for, and that answers have.
    fn media_type(&self) -> &'static str;

    /// Its name in `?format=` and in suffixes of URLs.
    fn format(&self) -> &'static str;

    /// What the content type says of the encoding; JSON says nothing.
    fn charset(&self) -> Option<&'static str> {
        Some("utf-8")
    }

    /// Called for each answer that has a body, errors too.
    ///
    /// # Errors
    /// For a value that has no such form: 500.
    fn render(&self, value: &Value, context: &RendererContext<'_>) -> Result<Vec<u8>, String>;

    /// Whether this is JSON, which is written without a tree of values between.
    fn is_json(&self) -> bool {
        false
    }
}

impl fmt::Debug for dyn Renderer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.format())
    }
}

/// What a renderer may want to know besides the value.
#[derive(Clone, Copy, Debug)]
pub struct RendererContext<'a> {
    /// The status of the answer.
    pub status: StatusCode,
    /// Spaces for each level, if the client wants the answer for people to read.
    pub indent: Option<usize>,
    /// The framework's settings.
    pub settings: &'a Settings,
}

/// DRF's `JSONRenderer`.
pub const JSON: &dyn Renderer = &JsonRenderer;

/// DRF's `JSONRenderer`.
#[derive(Debug)]
pub struct JsonRenderer;

impl Renderer for JsonRenderer {
    fn media_type(&self) -> &'static str {
        "application/json"
    }

    fn format(&self) -> &'static str {
        "json"
    }

    fn charset(&self) -> Option<&'static str> {
        None
    }

    fn render(&self, value: &Value, context: &RendererContext<'_>) -> Result<Vec<u8>, String> {
        JsonStyle::of(context)
            .render(value)
            .map_err(|error| error.to_string())
    }

    fn is_json(&self) -> bool {
        true
    }
}

/// A value in the form that the client accepts.
///
/// # Errors
/// What the renderer has no form for.
pub(crate) fn render<T: Serialize + ?Sized>(
    value: &T,
    renderer: &dyn Renderer,
    context: &RendererContext<'_>,
) -> Result<Vec<u8>, String> {
    if renderer.is_json() {
        return JsonStyle::of(context)
            .render(value)
            .map_err(|error| error.to_string());
    }
    let value = serde_json::to_value(FiniteValue(value)).map_err(|error| error.to_string())?;
    renderer.render(&value, context)
}

/// How JSON is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JsonStyle {
    /// Spaces for each level; `None` for one line.
    pub indent: Option<usize>,
    /// Everything but ASCII is escaped.
    pub ascii: bool,
    /// A space behind commas and colons, if it is one line.
    pub spaced: bool,
}

impl JsonStyle {
    fn of(context: &RendererContext<'_>) -> Self {
        Self {
            indent: context.indent,
            ascii: !context.settings.unicode_json,
            spaced: !context.settings.compact_json,
        }
    }

    /// The value as JSON.
    ///
    /// # Errors
    /// NaN and infinity, maps whose keys are no texts, and what the value's own `Serialize` refuses.
    pub fn render<T: Serialize + ?Sized>(self, value: &T) -> serde_json::Result<Vec<u8>> {
        let mut body = Vec::with_capacity(1024);
        let formatter = JsonFormatter {
            style: self,
            level: 0,
            has_items: false,
        };
        let mut serializer = serde_json::Serializer::with_formatter(&mut body, formatter);
        value.serialize(Finite(&mut serializer))?;
        Ok(body)
    }
}

/// The value as JSON; `indent` is the number of spaces for each level, `None` for no white space at all.
///
/// # Errors
/// NaN and infinity, maps whose keys are no texts, and what the value's own `Serialize` refuses.
pub fn render_json<T: Serialize + ?Sized>(
    value: &T,
    indent: Option<usize>,
) -> serde_json::Result<Vec<u8>> {
    let style = JsonStyle {
        indent: indent.filter(|width| *width > 0),
        ..JsonStyle::default()
    };
    style.render(value)
}

/// A finite float as Python's `repr()` writes it: the shortest text that reads as the same number.
pub fn python_float(number: f64) -> impl fmt::Display {
    fmt::from_fn(move |f| {
        // `serde_json` finds the same digits, and puts them where Python does in all but two cases.
        let mut buffer = [0; 32];
        let mut unused = buffer.as_mut_slice();
        CompactFormatter
            .write_f64(&mut unused, number)
            .map_err(|_| fmt::Error)?;
        let length = 32 - unused.len();
        let text = str::from_utf8(&buffer[..length]).map_err(|_| fmt::Error)?;
        if let Some((digits, exponent)) = text.split_once('e') {
            let exponent: i32 = exponent.parse().map_err(|_| fmt::Error)?;
            return write!(f, "{digits}e{exponent:+03}");
        }
        let small = text.split_once("0.0000");
        let Some((sign, digits)) = small.filter(|(sign, _)| matches!(*sign, "" | "-")) else {
            return f.write_str(text);
        };
        let (first, rest) = digits.split_at(1);
        write!(
            f,
            "{sign}{first}{}{rest}e-05",
            if rest.is_empty() { "" } else { "." }
        )
    })
}

/// Writes what `serde_json` writes otherwise: white space, floats, and two line separators.
struct JsonFormatter {
    style: JsonStyle,
    level: usize,
    has_items: bool,
}

impl JsonFormatter {
    fn begin<W: Write + ?Sized>(&mut self, writer: &mut W, bracket: u8) -> io::Result<()> {
        self.level += 1;
        self.has_items = false;
        writer.write_all(&[bracket])
    }

    fn begin_item<W: Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if !first {
            writer.write_all(if self.is_spaced() { b", " } else { b"," })?;
        }
        self.break_line(writer)
    }

    fn end<W: Write + ?Sized>(&mut self, writer: &mut W, bracket: u8) -> io::Result<()> {
        self.level -= 1;
        if self.has_items {
            self.break_line(writer)?;
        }
        self.has_items = true;
        writer.write_all(&[bracket])
    }

    fn break_line<W: Write + ?Sized>(&self, writer: &mut W) -> io::Result<()> {
        if let Some(indent) = self.style.indent {
            write!(writer, "\n{:width$}", "", width = indent * self.level)?;
        }
        Ok(())
    }

    /// One line, with spaces.
    fn is_spaced(&self) -> bool {
        self.style.spaced && self.style.indent.is_none()
    }
}

/// A text whose every other character is escaped, in two halves if it needs more than 16 bits.
fn write_ascii<W: Write + ?Sized>(writer: &mut W, text: &str) -> io::Result<()> {
    for character in text.chars() {
        if character.is_ascii() {
            writer.write_all(&[character as u8])?;
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            write!(writer, "\\u{unit:04x}")?;
        }
    }
    Ok(())
}

impl Formatter for JsonFormatter {
    fn write_f64<W: Write + ?Sized>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        write!(writer, "{}", python_float(value))
    }

    fn write_number_str<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        value: &str,
    ) -> io::Result<()> {
        if !value.contains(['.', 'e', 'E']) {
            return writer.write_all(value.as_bytes());
        }
        match value.parse::<f64>() {
            Ok(number) if number.is_finite() => self.write_f64(writer, number),
            _ => Err(io::Error::new(io::ErrorKind::InvalidData, NOT_FINITE)),
        }
    }

    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if self.style.ascii && !fragment.is_ascii() {
            return write_ascii(writer, fragment);
        }
        // U+2028 and U+2029 end a line in JavaScript; both start with this byte.
        if !fragment.as_bytes().contains(&0xE2) {
            return writer.write_all(fragment.as_bytes());
        }
        for part in fragment.split_inclusive(['\u{2028}', '\u{2029}']) {
            if let Some(text) = part.strip_suffix('\u{2028}') {
                write!(writer, "{text}\\u2028")?;
            } else if let Some(text) = part.strip_suffix('\u{2029}') {
                write!(writer, "{text}\\u2029")?;
            } else {
                writer.write_all(part.as_bytes())?;
            }
        }
        Ok(())
    }

    fn begin_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.begin(writer, b'[')
    }

    fn begin_array_value<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.begin_item(writer, first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_items = true;
        Ok(())
    }

    fn end_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end(writer, b']')
    }

    fn begin_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.begin(writer, b'{')
    }

    fn begin_object_key<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.begin_item(writer, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        let is_spaced = self.style.indent.is_some() || self.is_spaced();
        writer.write_all(if is_spaced { b": " } else { b":" })
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_items = true;
        Ok(())
    }

    fn end_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end(writer, b'}')
    }
}

const NOT_FINITE: &str = "JSON has no NaN and no infinity";

/// Hands everything on to `S`, except floats that JSON has no form for; `serde_json` would write them as `null`.
struct Finite<S>(S);

/// A value inside of another.
struct FiniteValue<'a, T: ?Sized>(&'a T);

impl<T: Serialize + ?Sized> Serialize for FiniteValue<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(Finite(serializer))
    }
}

macro_rules! hand_on {
    ($($method:ident($($argument:ident: $type:ty),*) -> $result:ty;)*) => {$(
        fn $method(self, $($argument: $type),*) -> Result<$result, S::Error> {
            self.0.$method($($argument),*)
        }
    )*};
    (compound $($method:ident($($argument:ident: $type:ty),*) -> $result:ty;)*) => {$(
        fn $method(self, $($argument: $type),*) -> Result<$result, S::Error> {
            self.0.$method($($argument),*).map(Finite)
        }
    )*};
}

impl<S: Serializer> Serializer for Finite<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Finite<S::SerializeSeq>;
    type SerializeTuple = Finite<S::SerializeTuple>;
    type SerializeTupleStruct = Finite<S::SerializeTupleStruct>;
    type SerializeTupleVariant = Finite<S::SerializeTupleVariant>;
    type SerializeMap = Finite<S::SerializeMap>;
    type SerializeStruct = Finite<S::SerializeStruct>;
    type SerializeStructVariant = Finite<S::SerializeStructVariant>;

    hand_on! {
        serialize_bool(value: bool) -> S::Ok;
        serialize_i8(value: i8) -> S::Ok;
        serialize_i16(value: i16) -> S::Ok;
        serialize_i32(value: i32) -> S::Ok;
        serialize_i64(value: i64) -> S::Ok;
        serialize_i128(value: i128) -> S::Ok;
        serialize_u8(value: u8) -> S::Ok;
        serialize_u16(value: u16) -> S::Ok;
        serialize_u32(value: u32) -> S::Ok;
        serialize_u64(value: u64) -> S::Ok;
        serialize_u128(value: u128) -> S::Ok;
        serialize_char(value: char) -> S::Ok;
        serialize_str(value: &str) -> S::Ok;
        serialize_bytes(value: &[u8]) -> S::Ok;
        serialize_none() -> S::Ok;
        serialize_unit() -> S::Ok;
        serialize_unit_struct(name: &'static str) -> S::Ok;
        serialize_unit_variant(name: &'static str, index: u32, variant: &'static str) -> S::Ok;
    }

    hand_on! { compound
        serialize_seq(length: Option<usize>) -> Self::SerializeSeq;
        serialize_tuple(length: usize) -> Self::SerializeTuple;
        serialize_tuple_struct(name: &'static str, length: usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(name: &'static str, index: u32, variant: &'static str, length: usize) -> Self::SerializeTupleVariant;
        serialize_map(length: Option<usize>) -> Self::SerializeMap;
        serialize_struct(name: &'static str, length: usize) -> Self::SerializeStruct;
        serialize_struct_variant(name: &'static str, index: u32, variant: &'static str, length: usize) -> Self::SerializeStructVariant;
    }

    // A float's text does not depend on its width.
    fn serialize_f32(self, value: f32) -> Result<S::Ok, S::Error> {
        let wide = value.to_string().parse().map_err(S::Error::custom)?;
        self.serialize_f64(wide)
    }

    fn serialize_f64(self, value: f64) -> Result<S::Ok, S::Error> {
        if value.is_finite() {
            self.0.serialize_f64(value)
        } else {
            Err(S::Error::custom(NOT_FINITE))
        }
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.serialize_some(&FiniteValue(value))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.0.serialize_newtype_struct(name, &FiniteValue(value))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.0
            .serialize_newtype_variant(name, index, variant, &FiniteValue(value))
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.collect_str(value)
    }
}

macro_rules! hand_on_items {
    ($($compound:ident: $method:ident($($name:ident: $type:ty)?);)*) => {$(
        impl<C: ser::$compound> ser::$compound for Finite<C> {
            type Ok = C::Ok;
            type Error = C::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, $($name: $type,)? value: &T) -> Result<(), C::Error> {
                self.0.$method($($name,)? &FiniteValue(value))
            }

            fn end(self) -> Result<C::Ok, C::Error> {
                self.0.end()
            }
        }
    )*};
}

hand_on_items! {
    SerializeSeq: serialize_element();
    SerializeTuple: serialize_element();
    SerializeTupleStruct: serialize_field();
    SerializeTupleVariant: serialize_field();
    SerializeStruct: serialize_field(name: &'static str);
    SerializeStructVariant: serialize_field(name: &'static str);
}

impl<C: ser::SerializeMap> ser::SerializeMap for Finite<C> {
    type Ok = C::Ok;
    type Error = C::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), C::Error> {
        self.0.serialize_key(&FiniteValue(key))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
        self.0.serialize_value(&FiniteValue(value))
    }

    fn end(self) -> Result<C::Ok, C::Error> {
        self.0.end()
    }
}
