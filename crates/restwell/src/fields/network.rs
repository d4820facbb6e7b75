//! IP addresses (contract §5.9).

use std::{
    fmt,
    io::Write,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    serialize::{self, IsNull, Output, ToSql},
    sql_types::Inet,
};
use serde::Serializer;
use serde_json::Value;

use super::{
    Field, FieldKind, FieldOptions, fail, null,
    string::{trim, unstorable_characters},
};
use crate::exceptions::ErrorDetail;

/// DRF's `IPAddressField`, and what the model holds for it: one address in an `inet` column.
#[derive(AsExpression, FromSqlRow, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[diesel(sql_type = Inet)]
pub struct IpAddress(pub IpAddr);

/// An [`IpAddress`] of version 4.
#[derive(Debug)]
pub struct Ipv4Field;

/// An [`IpAddress`] of version 6.
#[derive(Debug)]
pub struct Ipv6Field;

impl fmt::Display for IpAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! address_fields {
    ($($field:ty: $read:expr;)*) => {$(
        impl Field for $field {
            type Value = IpAddress;

            const KIND: FieldKind = FieldKind::new("string");

            fn to_internal_value(input: &Value, _options: &FieldOptions) -> Result<IpAddress, ErrorDetail> {
                read_address(input, $read)
            }

            fn to_representation<S: Serializer>(
                value: &IpAddress,
                _options: &FieldOptions,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                serializer.collect_str(value)
            }
        }
    )*};
}

address_fields! {
    IpAddress: |text| match text.contains(':') {
        true => v6(text).map(|address| address.to_canonical()),
        false => v4(text),
    };
    Ipv4Field: v4;
    Ipv6Field: |text| v6(text).map(IpAddr::V6);
}

fn read_address(input: &Value, read: fn(&str) -> Option<IpAddr>) -> Result<IpAddress, ErrorDetail> {
    let address = match input {
        Value::Null => return null(),
        Value::String(text) if trim(text).is_empty() => {
            return fail("This may not be blank.", "blank");
        }
        Value::String(text) => read(text).ok_or(text.as_str()),
        _ => Err(""),
    };
    address.map(IpAddress).map_err(|text| {
        let invalid = ErrorDetail::new("This is not an IP address.", "invalid");
        ErrorDetail::List(unstorable_characters(text).chain([invalid]).collect())
    })
}

/// White space around an address is allowed in this version only.
fn v4(text: &str) -> Option<IpAddr> {
    trim(text).parse::<Ipv4Addr>().ok().map(IpAddr::V4)
}

/// A zone (`fe80::1%eth0`) is dropped: the column has no place for it.
fn v6(text: &str) -> Option<Ipv6Addr> {
    let address = match text.split_once('%') {
        Some((_, zone)) if zone.is_empty() || zone.contains('%') => return None,
        Some((address, _)) => address,
        None => text,
    };
    address.parse().ok()
}

/// How Postgres numbers the versions.
const FAMILIES: [u8; 2] = [2, 3];

/// Family, bits of the network, whether it is a `cidr`, the number of bytes, the bytes.
impl ToSql<Inet, Pg> for IpAddress {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        match self.0 {
            IpAddr::V4(address) => {
                out.write_all(&[FAMILIES[0], 32, 0, 4])?;
                out.write_all(&address.octets())?;
            }
            IpAddr::V6(address) => {
                out.write_all(&[FAMILIES[1], 128, 0, 16])?;
                out.write_all(&address.octets())?;
            }
        }
        Ok(IsNull::No)
    }
}

impl FromSql<Inet, Pg> for IpAddress {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        match *value.as_bytes() {
            [family, 32, _, 4, ref bytes @ ..] if family == FAMILIES[0] => {
                Ok(Self(<[u8; 4]>::try_from(bytes)?.into()))
            }
            [family, 128, _, 16, ref bytes @ ..] if family == FAMILIES[1] => {
                Ok(Self(<[u8; 16]>::try_from(bytes)?.into()))
            }
            _ => Err("an address was expected, and the column holds a network".into()),
        }
    }
}
