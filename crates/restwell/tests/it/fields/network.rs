use restwell::fields::{IpAddress, Ipv4Field, Ipv6Field};

use super::{NONE, Row, check};

const NEITHER: [Row<'_>; 14] = [
    (r#""01.2.3.4""#, Err("invalid")),
    (r#""1.2.3""#, Err("invalid")),
    (r#""1.2.3.4/8""#, Err("invalid")),
    (r#"" ::1 ""#, Err("invalid")),
    (r#""[::1]""#, Err("invalid")),
    (r#""1::2::3""#, Err("invalid")),
    (r#""::12345""#, Err("invalid")),
    (r#""fe80::1%""#, Err("invalid")),
    (r#""x""#, Err("invalid")),
    ("1", Err("invalid")),
    ("true", Err("invalid")),
    (r#""""#, Err("blank")),
    (r#"" ""#, Err("blank")),
    ("null", Err("null")),
];

#[test]
fn addresses_of_both_versions_are_shown_in_their_shortest_form() {
    check::<IpAddress>(NONE, &NEITHER);
    check::<IpAddress>(
        NONE,
        &[
            (r#"" 1.2.3.4 ""#, Ok(r#""1.2.3.4""#)),
            (r#""::1""#, Ok(r#""::1""#)),
            (r#""2001:0DB8::0001""#, Ok(r#""2001:db8::1""#)),
            (r#""1:2:3:4:5:6:7::""#, Ok(r#""1:2:3:4:5:6:7:0""#)),
            (r#""::FFFF:1.2.3.4""#, Ok(r#""1.2.3.4""#)),
            (r#""::ffff:0102:0304""#, Ok(r#""1.2.3.4""#)),
            (r#""::1.2.3.4""#, Ok(r#""::102:304""#)),
            (r#""fe80::1%eth0""#, Ok(r#""fe80::1""#)),
        ],
    );
    check::<Option<IpAddress>>(NONE, &[("null", Ok("null")), (r#""""#, Err("blank"))]);
}

#[test]
fn a_field_may_take_one_version_alone() {
    check::<Ipv4Field>(NONE, &NEITHER);
    check::<Ipv4Field>(
        NONE,
        &[
            (r#"" 1.2.3.4 ""#, Ok(r#""1.2.3.4""#)),
            (r#""::1""#, Err("invalid")),
            (r#""::ffff:1.2.3.4""#, Err("invalid")),
        ],
    );
    check::<Ipv6Field>(NONE, &NEITHER);
    check::<Ipv6Field>(
        NONE,
        &[
            (r#""1.2.3.4""#, Err("invalid")),
            (r#""::1""#, Ok(r#""::1""#)),
            (r#""::FFFF:1.2.3.4""#, Ok(r#""::ffff:1.2.3.4""#)),
        ],
    );
}
