//! The names that almost every app imports: `use restwell::prelude::*;`.

pub use restwell_macros::Model;

pub use crate::{
    FilterSet, Serializer,
    db::Conn,
    exceptions::{ApiException, ErrorDetail, Result},
    fields::{
        ChoiceField, DictField, EmailField, FileField, HStoreField, ImageField, IpAddress,
        Ipv4Field, Ipv6Field, ListField, MultipleChoiceField, RegexField, SlugField, UrlField,
        UsernameField,
    },
    filters::NoFilter,
    generics::{GenericViewSet, QueryOf},
    mixins::{
        CreateModelMixin, DestroyModelMixin, ListModelMixin, RetrieveModelMixin, UpdateModelMixin,
    },
    models::{Expr, HasMany, Model},
    pagination::{CursorPagination, LimitOffset, PageNumber, Unpaginated},
    relations::{Hyperlink, PrimaryKey, Slug, StringRelated},
    request::Request,
    response::Response,
    routers::{DefaultRouter, SimpleRouter, Urls},
    serializers::{BaseSerializer, ModelSerializer, PlainSerializer, Scope},
    viewset,
    viewsets::{ModelViewSet, ReadOnlyModelViewSet},
};
