//! Log lines on standard error, as text or as JSON: one record is one line, whatever stands in it.

use std::{fmt::Write as _, io::Write as _, panic};

use chrono::{SecondsFormat, Utc};
use env_logger::Builder;
use log::{
    LevelFilter, Record,
    kv::{Error, Key, Value, VisitSource, VisitValue},
};
use serde_json::{Map, Value as Json};

use crate::settings::{LogFormat, LogSettings};

/// Logs of requests hold their fields in the message already.
const REQUESTS: &str = "restwell::request";

/// Sends every later log record, and panics, to standard error.
pub fn init(settings: &LogSettings) {
    let format = match settings.format {
        LogFormat::Text => to_text,
        LogFormat::Json => to_json,
    };
    let mut builder = Builder::new();
    // Actix announces each of its workers; RUST_LOG=info,actix_server=info shows them.
    builder.filter_module("actix_server", LevelFilter::Warn);
    builder.parse_filters(&settings.filter);
    builder.format(move |target, record| {
        let time = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true);
        writeln!(target, "{}", format(&time, record))
    });
    // Fails only if a logger is set already, which is then as good.
    let _ = builder.try_init();
    panic::set_hook(Box::new(|panic| log::error!(target: "panic", "{panic}")));
}

/// Time, level, target, message, and the record's own fields behind them.
pub fn to_text(time: &str, record: &Record<'_>) -> String {
    let mut line = format!("{time} {:<5} {} ", record.level(), record.target());
    // Messages of libpq end with a line break.
    escape(record.args().to_string().trim_end(), &mut line);
    if record.target() != REQUESTS {
        // Visiting stops only when the visitor fails, and this one does not.
        let _ = record.key_values().visit(&mut TextFields(&mut line));
    }
    line
}

/// One object: `time`, `level`, `target`, `message`, and the record's own fields.
pub fn to_json(time: &str, record: &Record<'_>) -> String {
    let mut object = Map::new();
    object.insert("time".to_owned(), time.into());
    object.insert("level".to_owned(), record.level().as_str().into());
    object.insert("target".to_owned(), record.target().into());
    object.insert(
        "message".to_owned(),
        record.args().to_string().trim_end().into(),
    );
    let _ = record.key_values().visit(&mut JsonFields(&mut object));
    Json::Object(object).to_string()
}

/// Nothing that a client sends may look like the start of another line, or move a terminal's cursor.
fn escape(text: &str, line: &mut String) {
    for character in text.chars() {
        match character {
            character if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') => {
                line.extend(character.escape_default());
            }
            character => line.push(character),
        }
    }
}

struct TextFields<'a>(&'a mut String);

impl<'kvs> VisitSource<'kvs> for TextFields<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        let value = value.to_string();
        let is_plain = !value.is_empty()
            && !value
                .contains(|character: char| character.is_whitespace() || "\"=".contains(character));
        let value = if is_plain {
            value
        } else {
            format!("{value:?}")
        };
        write!(self.0, " {key}=")?;
        escape(&value, self.0);
        Ok(())
    }
}

struct JsonFields<'a>(&'a mut Map<String, Json>);

impl<'kvs> VisitSource<'kvs> for JsonFields<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        let mut json = ToJson(Json::Null);
        value.visit(&mut json)?;
        self.0.entry(key.as_str()).or_insert(json.0);
        Ok(())
    }
}

/// Numbers and booleans stay what they are; what JSON has no form for becomes text.
struct ToJson(Json);

impl<'v> VisitValue<'v> for ToJson {
    fn visit_any(&mut self, value: Value<'_>) -> Result<(), Error> {
        self.0 = value.to_string().into();
        Ok(())
    }

    fn visit_null(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn visit_u64(&mut self, value: u64) -> Result<(), Error> {
        self.0 = value.into();
        Ok(())
    }

    fn visit_i64(&mut self, value: i64) -> Result<(), Error> {
        self.0 = value.into();
        Ok(())
    }

    fn visit_f64(&mut self, value: f64) -> Result<(), Error> {
        self.0 = value.into();
        Ok(())
    }

    fn visit_bool(&mut self, value: bool) -> Result<(), Error> {
        self.0 = value.into();
        Ok(())
    }
}
