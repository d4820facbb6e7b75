//! One field of a serializer: what its type and its attributes say.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Expr, Ident, LitStr, Path, Type, ext::IdentExt, spanned::Spanned};

use super::{
    limits::{LIMITS, Limits},
    rules::UniqueFor,
};
use crate::{
    ast::{self, Naming},
    attr::{self, Item, NamePath},
    ctxt::Ctxt,
};

const FIELD_OPTIONS: [&str; 24] = [
    "read_only",
    "write_only",
    "required",
    "optional",
    "default",
    "source",
    "slug",
    "view_name",
    "queryset",
    "unique",
    "unique_for_date",
    "unique_for_month",
    "unique_for_year",
    "validate",
    "computed",
    "nested",
    "writable",
    "identity",
    "method",
    "property",
    "hidden",
    "create_only",
    "label",
    "help_text",
];

/// What a field is to its model is said by one of these.
const KINDS: [&str; 5] = ["computed", "nested", "identity", "method", "property"];

/// Pairs that contradict each other, and why; the first is underlined.
const CONTRADICTIONS: [(&str, &str, &str); 12] = [
    ("required", "read_only", READ_ONLY),
    ("optional", "read_only", READ_ONLY),
    ("default", "read_only", READ_ONLY),
    (
        "write_only",
        "read_only",
        "a client could neither send nor see it",
    ),
    ("required", "optional", "one says the opposite of the other"),
    (
        "required",
        "default",
        "what takes a default may be left out",
    ),
    (
        "optional",
        "default",
        "what takes a default may be left out anyway",
    ),
    ("read_only", "hidden", HIDDEN),
    ("write_only", "hidden", HIDDEN),
    ("required", "hidden", HIDDEN),
    ("optional", "hidden", HIDDEN),
    ("default", "hidden", HIDDEN),
];
const READ_ONLY: &str = "a client never sends it";
const HIDDEN: &str = "a client neither sends nor sees it";

/// One field.
pub(super) struct Field<'a> {
    pub(super) name: &'a Ident,
    /// Its name in generated functions, where no other name starts with `field_`.
    pub(super) local: Ident,
    pub(super) ty: &'a Type,
    pub(super) kind: Kind<'a>,
    /// It is one of a plain serializer.
    pub(super) plain: bool,
    pub(super) source: Ident,
    /// The column by which rows are named, if it is not the model's slug.
    pub(super) slug: Option<Ident>,
    /// The route of its URLs, if it is not the model's.
    pub(super) view_name: Option<LitStr>,
    /// The rows that a client may name.
    pub(super) queryset: Option<Path>,
    /// The to-one relations that lead to the model of `source`, if it is not the serializer's.
    pub(super) over: Vec<Ident>,
    pub(super) read_only: bool,
    pub(super) write_only: bool,
    /// It must be sent although it may be null.
    required: bool,
    pub(super) optional: bool,
    pub(super) default: Option<Expr>,
    /// Where its value comes from instead of a client.
    pub(super) hidden: Option<Path>,
    pub(super) create_only: bool,
    /// Where a value comes from that is shown.
    pub(super) method: Option<Path>,
    pub(super) unique: bool,
    pub(super) unique_for: Vec<UniqueFor>,
    pub(super) validate: Vec<Path>,
    pub(super) limits: Limits,
    label: Option<LitStr>,
    help_text: Option<LitStr>,
}

/// What a field is to its model.
#[derive(Clone, Copy)]
pub(super) enum Kind<'a> {
    /// A column.
    Value,
    /// A computed value.
    Computed,
    /// A column of the row on the other side of to-one relations.
    Remote,
    /// A value that a function makes of the row, of any type that serialises.
    Method,
    /// A value that a function of the model makes of the row, of the field's type.
    Property,
    /// A serializer of what is on the other side of a relation.
    Nested { many: bool, nullable: bool },
    /// The URL of the row itself.
    Identity,
    /// The row on the other side of a to-one relation.
    One { naming: Naming<'a>, nullable: bool },
    /// The rows on the other side of a relation to many.
    Many { naming: Naming<'a> },
}

impl<'a> Field<'a> {
    pub(super) fn read(name: &'a Ident, field: &'a syn::Field, plain: bool, ctxt: &Ctxt) -> Self {
        let known: Vec<&str> = FIELD_OPTIONS.into_iter().chain(LIMITS).collect();
        let items = attr::items(&field.attrs, "field", &known, &["validate"], ctxt);
        let kind = Kind::of(&field.ty);
        let mut read = Self {
            name,
            local: format_ident!("field_{}", name, span = kind.named(&field.ty).span()),
            ty: &field.ty,
            kind,
            plain,
            source: name.clone(),
            slug: None,
            view_name: None,
            queryset: None,
            over: Vec::new(),
            read_only: false,
            write_only: false,
            required: false,
            optional: false,
            default: None,
            hidden: None,
            create_only: false,
            method: None,
            unique: false,
            unique_for: Vec::new(),
            validate: Vec::new(),
            limits: Limits::default(),
            label: None,
            help_text: None,
        };
        for item in &items {
            read.option(item, ctxt);
        }
        read.check_nested(&items, plain, ctxt);
        read.check_related(&items, ctxt);
        read.limits.choices(ast::is_text_choice(read.ty));
        check(&items, plain, ctxt);
        if !read.over.is_empty() && !read.read_only {
            let message = "the value of another row is shown only: add `read_only`";
            ctxt.error(&read.source, message);
            read.read_only = true;
        }
        read
    }

    fn option(&mut self, item: &Item, ctxt: &Ctxt) {
        match item.name.to_string().as_str() {
            "read_only" => self.read_only = item.flag(ctxt),
            "write_only" => self.write_only = item.flag(ctxt),
            "required" => self.required = item.flag(ctxt),
            "optional" => self.optional = item.flag(ctxt),
            "default" => self.default = item.value(ctxt),
            "unique" => self.unique = item.flag(ctxt),
            "unique_for_date" | "unique_for_month" | "unique_for_year" => {
                self.unique_for.extend(UniqueFor::read(item, ctxt));
            }
            "source" => self.set_source(item, ctxt),
            "slug" => self.slug = item.name(ctxt),
            "view_name" => self.view_name = item.value(ctxt),
            "queryset" => self.queryset = item.value(ctxt),
            "validate" => self.validate.extend(item.value::<Path>(ctxt)),
            "computed" => self.read_only_kind(Kind::Computed, item.flag(ctxt)),
            "nested" => self.nest(item, ctxt),
            // Judged when all options are read.
            "writable" => {
                item.flag(ctxt);
            }
            "identity" => self.read_only_kind(Kind::Identity, item.flag(ctxt)),
            "method" => self.make(item, Kind::Method, ctxt),
            "property" => self.make(item, Kind::Property, ctxt),
            "hidden" => {
                self.hidden = item.value(ctxt);
                self.write_only = true;
            }
            "create_only" => self.create_only = item.flag(ctxt),
            "label" => self.label = item.value(ctxt),
            "help_text" => self.help_text = item.value(ctxt),
            _ => self.limits.option(item, ctxt),
        }
    }

    /// The function that makes the value.
    fn make(&mut self, item: &Item, kind: Kind<'a>, ctxt: &Ctxt) {
        self.method = item.value(ctxt);
        let kind = self.method.as_ref().map_or(self.kind, |_| kind);
        self.read_only_kind(kind, true);
    }

    /// `name`, or `author -> name`.
    fn set_source(&mut self, item: &Item, ctxt: &Ctxt) {
        let mut path = item
            .value::<NamePath>(ctxt)
            .map_or(Vec::new(), |path| path.0);
        let Some(name) = path.pop() else { return };
        self.source = name;
        if !path.is_empty() {
            self.over = path;
            self.kind = Kind::Remote;
        }
    }

    /// The first kind stands: a second one is a mistake.
    fn read_only_kind(&mut self, kind: Kind<'a>, read_only: bool) {
        self.read_only = read_only;
        if !matches!(
            self.kind,
            Kind::Computed | Kind::Nested { .. } | Kind::Identity | Kind::Method | Kind::Property
        ) {
            self.kind = kind;
        }
    }

    /// Its value may be null.
    pub(super) fn is_nullable(&self) -> bool {
        match self.kind {
            Kind::One { nullable, .. } | Kind::Nested { nullable, .. } => nullable,
            _ => ast::inner(self.ty, "Option").is_some(),
        }
    }

    /// It is shown with the help of more than the row itself.
    pub(super) fn is_related(&self) -> bool {
        match self.kind {
            _ if self.write_only => false,
            Kind::Value
            | Kind::Identity
            | Kind::Method
            | Kind::Property
            | Kind::One {
                naming: Naming::Key(_),
                ..
            } => false,
            Kind::Computed
            | Kind::Remote
            | Kind::Nested { .. }
            | Kind::One { .. }
            | Kind::Many { .. } => true,
        }
    }

    /// It is shown by an expression in SQL.
    pub(super) fn is_selected(&self) -> bool {
        matches!(self.kind, Kind::Computed | Kind::Remote)
    }

    /// The type of its value, null aside.
    pub(super) fn not_null(&self) -> &'a Type {
        ast::inner(self.ty, "Option").unwrap_or(self.ty)
    }

    /// What its type says as a field: `Value`, `KIND`.
    pub(super) fn item(&self, item: &str) -> TokenStream {
        ast::item_of(self.ty, self.ty, quote!(::restwell::fields::Field), item)
    }

    /// The type of its value once it is validated.
    pub(super) fn stored(&self) -> TokenStream {
        match self.kind {
            Kind::One { naming, nullable } => {
                let model = naming.target();
                let key = quote!(<#model as ::restwell::models::Model>::Key);
                if nullable {
                    quote!(::std::option::Option<#key>)
                } else {
                    key
                }
            }
            Kind::Many { naming } => {
                let model = naming.target();
                quote!(::std::vec::Vec<<#model as ::restwell::models::Model>::Key>)
            }
            Kind::Nested { many, nullable } => self.nested_data(many, nullable),
            _ => self.item("Value"),
        }
    }

    /// How a form holds its value.
    pub(super) fn form(&self) -> TokenStream {
        let form = |name: &str| {
            let name = Ident::new(name, self.spot());
            quote!(::restwell::input::FormValue::#name)
        };
        match self.kind {
            Kind::Many { .. } => form("Selection"),
            Kind::One { .. } => form("Text"),
            Kind::Nested { many: true, .. } => form("Objects"),
            Kind::Nested { .. } => form("Object"),
            _ => self.item("FORM"),
        }
    }

    /// Its entry in the table of fields.
    pub(super) fn info(&self) -> TokenStream {
        let (name, read_only, required) =
            (self.name.unraw().to_string(), self.read_only, self.required);
        let (hidden, options) = (self.hidden.is_some(), self.limits.tokens());
        let optional = self.optional || self.default.is_some() || hidden;
        let kind = |name: &str, nullable: bool| {
            quote! {
                ::restwell::fields::FieldKind { nullable: #nullable, ..::restwell::fields::FieldKind::new(#name) }
            }
        };
        let kind = match self.kind {
            Kind::Value | Kind::Property | Kind::Computed | Kind::Remote => self.item("KIND"),
            Kind::Nested {
                many: true,
                nullable,
            } => kind("field", nullable),
            Kind::Nested { nullable, .. } => kind("nested object", nullable || self.read_only),
            Kind::Identity | Kind::Method | Kind::Many { .. } => kind("field", false),
            Kind::One { nullable, .. } => kind("field", nullable),
        };
        let children = match self.kind {
            Kind::Nested { .. } => {
                let fields = self.base_item("FIELDS");
                quote!(::std::option::Option::Some(#fields))
            }
            _ => quote!(::std::option::Option::None),
        };
        let (label, help_text) = (text(self.label.as_ref()), text(self.help_text.as_ref()));
        quote! {{
            const KIND: ::restwell::fields::FieldKind = #kind;
            ::restwell::serializers::FieldInfo {
                name: #name,
                kind: KIND,
                required: !#read_only && !#optional && (#required || !KIND.nullable),
                read_only: #read_only,
                hidden: #hidden,
                label: #label,
                help_text: #help_text,
                options: #options,
                children: #children,
            }
        }}
    }
}

/// Options that contradict each other.
fn check(items: &[Item], plain: bool, ctxt: &Ctxt) {
    let find = |option: &str| items.iter().find(|item| item.name == option);
    // Whether a nested field is read only is said by others.
    let is_read_only = KINDS
        .into_iter()
        .filter(|kind| *kind != "nested")
        .find_map(find);
    for (first, second, reason) in CONTRADICTIONS {
        // Values without a model may have none, and those of a new row are not computed: then the default is shown.
        let shows_default = plain || find("computed").is_some();
        if shows_default && (first, second) == ("default", "read_only") {
            continue;
        }
        let second = match second {
            "read_only" => find(second).or(is_read_only),
            _ => find(second),
        };
        if let (Some(first), Some(second)) = (find(first), second) {
            let message = format!("`{}` contradicts `{}`: {reason}", first.name, second.name);
            ctxt.error(&first.name, message);
        }
    }
    let mut kinds = items
        .iter()
        .filter(|item| KINDS.iter().any(|kind| item.name == kind));
    if let (Some(first), Some(second)) = (kinds.next(), kinds.next()) {
        let message = format!("a field is `{}` or `{}`, not both", first.name, second.name);
        ctxt.error(&second.name, message);
    }
    if let (Some(create_only), None) = (find("create_only"), find("hidden")) {
        let message = "only a value that is `hidden = …` can be set by `create` alone";
        ctxt.error(&create_only.name, message);
    }
}

pub(super) fn text(literal: Option<&LitStr>) -> TokenStream {
    literal.map_or_else(
        || quote!(::std::option::Option::None),
        |literal| quote!(::std::option::Option::Some(#literal)),
    )
}

impl<'a> Kind<'a> {
    /// The part of a type that mistakes underline: of one that names rows their model.
    pub(super) fn named(self, ty: &'a Type) -> &'a Type {
        match self {
            Self::One { naming, .. } | Self::Many { naming } => naming.model(),
            _ => ty,
        }
    }

    pub(super) fn of(ty: &'a Type) -> Self {
        if let Some(naming) = Naming::of(ty) {
            return Self::One {
                naming,
                nullable: false,
            };
        }
        if let Some(naming) = ast::inner(ty, "Option").and_then(Naming::of) {
            return Self::One {
                naming,
                nullable: true,
            };
        }
        match ast::inner(ty, "Vec").and_then(Naming::of) {
            Some(naming) => Self::Many { naming },
            None => Self::Value,
        }
    }
}
