//! A primary key may be a number, a UUID or a text, under any name, and a foreign key may be null.

use diesel::prelude::*;
use restwell::prelude::*;
use uuid::Uuid;

diesel::table! {
    countries (code) {
        code -> Text,
        name -> Text,
    }
}

diesel::table! {
    cities (city_id) {
        city_id -> Int4,
        country_code -> Nullable<Text>,
        mayor_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    people (id) {
        id -> Uuid,
        name -> Text,
    }
}

diesel::table! {
    citizens (id) {
        id -> Int4,
        city_id -> Int4,
        person_id -> Uuid,
    }
}

diesel::allow_tables_to_appear_in_same_query!(countries, cities, people, citizens);

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = countries, primary_key(code))]
#[model(has_many(cities: City, by = country_code), slug = name)]
struct Country {
    code: String,
    name: String,
}

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = cities)]
#[diesel(primary_key(city_id))]
#[model(
    belongs_to(country: Country, by = country_code),
    belongs_to(mayor: Person, by = mayor_id),
    many_to_many(citizens: Person, through = citizens(city_id, person_id))
)]
struct City {
    city_id: i32,
    country_code: Option<String>,
    mayor_id: Option<Uuid>,
}

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = people)]
#[model(many_to_many(cities: City, through = citizens(person_id, city_id)), lookup = name)]
struct Person {
    id: Uuid,
    name: String,
}

#[derive(Serializer)]
#[serializer(model = Country)]
struct CountrySerializer {
    #[field(unique)]
    code: String,
    name: SlugField,
}

#[derive(Serializer)]
#[serializer(model = Person)]
struct PersonSerializer {
    #[field(read_only)]
    id: Uuid,
    cities: Vec<PrimaryKey<City>>,
}

/// Two nested objects, and every way of naming a row that may be missing.
#[derive(Serializer)]
#[serializer(model = City)]
struct CitySerializer {
    #[field(identity)]
    url: Hyperlink<City>,
    #[field(read_only)]
    city_id: i32,
    country: Option<Slug<Country>>,
    #[field(nested, source = country)]
    country_detail: CountrySerializer,
    #[field(nested, source = mayor)]
    mayor_detail: PersonSerializer,
    #[field(unique)]
    mayor: Option<Hyperlink<Person>>,
    #[field(optional)]
    citizens: Vec<Hyperlink<Person>>,
}

/// A row is named by its key, and its mayor's key is shown.
#[derive(Serializer)]
#[serializer(model = City)]
struct MayorSerializer {
    mayor: Option<PrimaryKey<Person>>,
}

#[derive(FilterSet)]
#[filterset(model = City, ordering(country -> name, mayor -> name), search(country -> name))]
struct CityFilter {
    #[filter(exact, in, isnull)]
    country: Slug<Country>,
    citizens: Vec<PrimaryKey<Person>>,
    city_id: i32,
}

struct CityViewSet;

#[viewset]
impl ModelViewSet for CityViewSet {
    type Serializer = CitySerializer;
    type ListSerializer = MayorSerializer;
    type Filter = CityFilter;
}

fn main() {
    let _ = DefaultRouter::new().register("cities", CityViewSet);
}
