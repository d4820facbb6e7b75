//! Every lookup of every type of column.

use diesel::connection::SimpleConnection;
use restwell::test::ApiClient;
use restwell_postgres::test::TestDatabase;

use super::check;
use crate::things::things;

#[test]
fn texts_have_every_lookup() {
    let (client, _database) = things();
    let cases = [
        ("name=Alpha", "1"),
        ("name=alpha", ""),
        ("name= Alpha ", "1"),
        ("name=", "1 2 3"),
        ("name__exact=Alpha", "1 2 3"),
        ("name__iexact=alpha", "1"),
        ("name__iexact=alph_", ""),
        ("name__contains=bet", "2 3"),
        ("name__contains=BET", ""),
        ("name__icontains=BET", "2 3"),
        ("name__icontains=_%25", "2"),
        ("name__startswith=bet", "2"),
        ("name__istartswith=BET", "2"),
        ("name__endswith=beta", "3"),
        ("name__iendswith=BETA", "3"),
        ("name__in=Alpha, Gamma beta,,nobody", "1 3"),
        ("name__gt=H", "2"),
        ("name__range=A,C", "1"),
        ("name__range=A", r#"400 {"name__range":["invalid_values"]}"#),
        ("name__regex=^[A-G]", "1 3"),
        ("name__iregex=^[a-b]", "1 2"),
        (
            "name__regex=(&name__iregex=[&maker=9",
            r#"400 {"name__regex":["invalid"],"name__iregex":["invalid"],"maker":["invalid_choice"]}"#,
        ),
        (
            "name=%00",
            r#"400 {"name":["null_characters_not_allowed"]}"#,
        ),
        ("color__icontains=E", "1 3"),
        ("color__in=red,blue", "1 3"),
        ("color__isnull=true", "2"),
        ("color__isnull=0", "1 3"),
        ("color__isnull=yes", "1 2 3"),
    ];
    check(&client, "lookups", &cases);
}

#[test]
fn numbers_have_every_lookup() {
    let (client, _database) = things();
    let cases = [
        ("number=10", "1"),
        ("number=10.5", "1"),
        ("number= 1e1 ", "1"),
        ("number=1_0", "1"),
        ("number=%D9%A1%D9%A0", "1"),
        ("number=99999999999", ""),
        ("number=1,0", r#"400 {"number":["invalid"]}"#),
        ("number=NaN", r#"400 {"number":["invalid"]}"#),
        ("number=1e50", ""),
        ("number=2e50", r#"400 {"number":["max_value"]}"#),
        ("number=1e51", r#"400 {"number":["max_value"]}"#),
        ("number=-1e51", ""),
        ("number=0e999999999", ""),
        ("number__gt=10.5", "2 3"),
        ("number__gte=11", "2 3"),
        ("number__lt=11.5", "1"),
        ("number__gte=11.5", "2 3"),
        ("number__lte=11", "1 2"),
        ("number__lt=99999999999", "1 2 3"),
        ("number__in=10, 20,", "1 3"),
        ("number__in=,", ""),
        ("number__in=10,x", r#"400 {"number__in":["invalid"]}"#),
        ("number__range=10,11", "1 2"),
        ("number__range=,11", ""),
        (
            "number__range=1,2,3",
            r#"400 {"number__range":["invalid_values"]}"#,
        ),
        ("number__range=x,11", r#"400 {"number__range":["invalid"]}"#),
        ("number__icontains=1", "1 2"),
        ("big=9007199254740993", "2"),
        ("big__gt=5", "2"),
        ("big__in=5,6", "3"),
        ("big__isnull=1", "1"),
        ("price=9.500", "1"),
        ("price__lte=10", "1 2"),
        ("price__lte=-1e60", ""),
        ("price=0e999999999", ""),
        ("price__lte=-0e999999999", ""),
        ("price__in=10.0,100", "2 3"),
        ("price__range=9,50", "1 2"),
        ("ratio=0.5", "1"),
        ("ratio__gt=0.5", "3"),
    ];
    check(&client, "lookups", &cases);
}

#[test]
fn values_of_few_kinds_have_every_lookup() {
    let (client, _database) = things();
    let cases = [
        ("active=TRUE", "1 3"),
        ("active=0", "2"),
        ("active=maybe", "1 2 3"),
        ("active= true", "1 2 3"),
        ("level=2", "2"),
        ("level=9", r#"400 {"level":["invalid_choice"]}"#),
        ("level=2.0", r#"400 {"level":["invalid_choice"]}"#),
        ("level__gte=2", "2 3"),
        ("level__in=1,9", "1"),
        ("code=00000000000040008000000000000002", "2"),
        ("code=x", r#"400 {"code":["invalid"]}"#),
        (
            "code__in=00000000-0000-4000-8000-000000000001,00000000-0000-4000-8000-000000000003",
            "1 3",
        ),
    ];
    check(&client, "lookups", &cases);
}

/// Things with the least value of a column, the largest, and none.
fn extremes() -> (ApiClient, TestDatabase) {
    let (client, database) = things();
    let rows = "UPDATE thing SET
        stock = (ARRAY[-2147483648, 2147483647, NULL])[id],
        big = (ARRAY[-9223372036854775808, 9223372036854775807, NULL])[id]";
    database.connect().batch_execute(rows).unwrap();
    (client, database)
}

#[test]
fn a_bound_that_no_value_can_break_is_none() {
    let (client, _database) = extremes();
    let cases = [
        ("stock=2147483647", "2"),
        ("stock=2147483648", ""),
        ("stock=-2147483649", ""),
        ("stock__in=-2147483648,99999999999", "1"),
        ("stock__gt=2147483647", ""),
        ("stock__gt=2147483648", ""),
        ("stock__gte=2147483647", "2"),
        ("stock__gte=99999999999", ""),
        ("stock__gt=-2147483648", "2"),
        ("stock__gt=-2147483649", "1 2 3"),
        ("stock__gte=-2147483648", "1 2"),
        ("stock__gte=-2147483648.9", "1 2"),
        ("stock__gte=-2147483649", "1 2 3"),
        ("stock__gte=-1e50", "1 2 3"),
        ("stock__gte=-1e999999999", "1 2 3"),
        ("stock__gte=1e51", r#"400 {"stock__gte":["max_value"]}"#),
        ("stock__lt=2147483647", "1"),
        ("stock__lt=2147483648", "1 2 3"),
        ("stock__lt=-99999999999", ""),
        ("stock__lte=2147483647", "1 2"),
        ("stock__lte=2147483647.9", "1 2"),
        ("stock__lte=2147483648", "1 2 3"),
        ("stock__lte=-99999999999", ""),
        ("stock__gte=-99999999999&stock__lte=0", "1"),
        ("big__gt=9223372036854775807", ""),
        ("big__gte=9223372036854775808", ""),
        ("big__gte=-9223372036854775808", "1 2"),
        ("big__gte=-9223372036854775809", "1 2 3"),
        ("big__lt=9223372036854775807", "1"),
        ("big__lte=9223372036854775808", "1 2 3"),
        ("day__month=99999999999", ""),
        ("day__month__gt=-99999999999", "1 2 3"),
        ("day__month__lt=-99999999999", ""),
    ];
    check(&client, "bounds", &cases);
}

#[test]
fn ranges_and_exclusions_ask_for_a_value_whatever_their_bounds() {
    let (client, _database) = extremes();
    let cases = [
        ("stock__range=-99999999999,99999999999", "1 2"),
        ("stock__range=-99999999999,0", "1"),
        ("stock__range=0,99999999999", "2"),
        ("stock__range=99999999999,999999999999", ""),
        ("stock__range=-999999999999,-99999999999", ""),
        ("span_min=-99999999999", "1 2 3"),
        ("span_max=99999999999", "1 2 3"),
        ("span_min=99999999999", ""),
        ("span_max=-99999999999", ""),
        ("span_min=-99999999999&span_max=99999999999", "1 2"),
        ("span_min=-99999999999&span_max=0", "1"),
        ("span_min=0&span_max=-99999999999", ""),
        ("not_span_min=-99999999999", "3"),
        ("not_span_max=-99999999999", "1 2 3"),
        ("not_span_min=-99999999999&not_span_max=0", "2 3"),
        ("not=99999999999", "1 2 3"),
        ("not_gt=-99999999999", "3"),
        ("not_gt=99999999999", "1 2 3"),
        ("not_lte=99999999999", "3"),
        ("not_lte=-99999999999", "1 2 3"),
        ("number_not_gt=-99999999999", ""),
    ];
    check(&client, "bounds", &cases);
}

#[test]
fn dates_and_times_have_parts() {
    let (client, _database) = things();
    let cases = [
        ("day=2021-02-05", "2"),
        ("day=02/05/2021", "2"),
        ("day=2/5/21", "2"),
        ("day=Feb 5 2021", "2"),
        ("day=21-02-05", r#"400 {"day":["invalid"]}"#),
        ("day=2021-02-05T10:00", r#"400 {"day":["invalid"]}"#),
        ("day__gt=2021-02-05", "3"),
        ("day__lte=2021-02-05", "1 2"),
        ("day__in=2020-01-05,2021-12-31", "1 3"),
        ("day__range=2020-01-01,2021-02-28", "1 2"),
        ("day__year=2021", "2 3"),
        ("day__year=2021.5", "2 3"),
        ("day__year=99999999999", ""),
        ("day__year=x", r#"400 {"day__year":["invalid"]}"#),
        ("day__year__gt=2020", "2 3"),
        ("day__year__lte=2020", "1"),
        ("day__month=2", "2"),
        ("day__month__gt=1.5", "2 3"),
        ("day__day=5", "1 2"),
        ("day__week_day=1", "1"),
        ("day__quarter=4", "3"),
        ("at=2021-02-05T11:30:00Z", "2"),
        ("at=2021-02-05T11:30:00%2B00:00", "2"),
        ("at=2021-02-05T11:30:00+00:00", r#"400 {"at":["invalid"]}"#),
        ("at__gt=2021-02-05T11:30:00Z", "3"),
        ("at__date=2021-12-31", "3"),
        ("at__date__gt=2021-02-04", "2 3"),
        ("at__year=2021", "2 3"),
        ("at__hour=23", "3"),
        ("at__hour__gte=11", "2 3"),
        ("at__minute=30", "2"),
        ("hour=10:00", "1"),
        ("hour=23:59:59.5", "3"),
        ("hour=10", r#"400 {"hour":["invalid"]}"#),
        ("hour__gt=10:00:00", "2 3"),
        ("hour__hour=11", "2"),
        ("hour__minute__lt=59", "1 2"),
    ];
    check(&client, "lookups", &cases);
}
