//! `#[viewset]`: sorts the items of one `impl` block into the traits of the framework, and fills in the rest.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Ident, ImplItem, ItemImpl, Token, Type, punctuated::Punctuated, spanned::Spanned};

use self::action::Action;
use crate::{
    ast,
    attr::{self, Item},
    ctxt::Ctxt,
    names,
};

mod action;
mod plain;

const STANDARD: [&str; 5] = ["list", "create", "retrieve", "update", "destroy"];
/// The standard actions: the group of each, its name, its verb, and whether it belongs to one object.
const ACTIONS: [(&str, &str, &str, bool); 6] = [
    ("list", "list", "GET", false),
    ("create", "create", "POST", false),
    ("retrieve", "retrieve", "GET", true),
    ("update", "update", "PUT", true),
    ("update", "partial_update", "PATCH", true),
    ("destroy", "destroy", "DELETE", true),
];

/// Which trait an item of the block belongs to.
const HOMES: [(&str, &[&str]); 6] = [
    (
        "GenericViewSet",
        &[
            "Serializer",
            "Filter",
            "Pagination",
            "LOOKUP_URL_KWARG",
            "LOOKUP_VALUE_REGEX",
            "HTTP_METHOD_NAMES",
            "RENDERERS",
            "POLICIES",
            "METADATA",
            "PARSERS",
            "get_queryset",
            "object_query",
            "get_object",
            "lock_object",
        ],
    ),
    ("ListModelMixin", &["ListSerializer", "list"]),
    (
        "CreateModelMixin",
        &["CreateSerializer", "MANY", "create", "perform_create"],
    ),
    ("RetrieveModelMixin", &["RetrieveSerializer", "retrieve"]),
    (
        "UpdateModelMixin",
        &[
            "UpdateSerializer",
            "update",
            "partial_update",
            "perform_update",
        ],
    ),
    ("DestroyModelMixin", &["destroy", "perform_destroy"]),
];

struct ViewSet<'a> {
    block: &'a ItemImpl,
    /// `ModelViewSet`, `ReadOnlyModelViewSet`, `GenericViewSet`.
    base: String,
    serializer: &'a Type,
    standard: Vec<&'static str>,
    items: Vec<(&'static str, &'a ImplItem)>,
    actions: Vec<Action>,
}

/// The whole attribute. What is wrong is told and left out, so that it causes no errors elsewhere.
pub(crate) fn expand(arguments: TokenStream, block: ItemImpl) -> TokenStream {
    let ctxt = Ctxt::default();
    let expanded = match base_of(&block).as_deref() {
        Some("ViewSet") => plain::expand(&block, &ctxt),
        _ => ViewSet::read(arguments, &block, &ctxt)
            .map_or_else(|| stub(&block.self_ty), |viewset| viewset.expand()),
    };
    let errors = ctxt.into_compile_errors();
    quote!(#errors #expanded)
}

/// The trait that the block names.
fn base_of(block: &ItemImpl) -> Option<String> {
    let (_, path, _) = block.trait_.as_ref()?;
    let last = path.segments.last()?;
    Some(last.ident.to_string())
}

/// What can be registered, and no more.
fn stub(me: &Type) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl ::restwell::viewsets::ViewSet for #me {
            fn name(&self) -> &'static str { ::std::unreachable!() }
            fn description(&self) -> &'static str { ::std::unreachable!() }
            fn basename(&self) -> ::std::string::String { ::std::unreachable!() }
            fn lookup_field(&self) -> &'static str { ::std::unreachable!() }
            fn lookup_value_regex(&self) -> &'static str { ::std::unreachable!() }
            fn actions(&self) -> &'static [::restwell::viewsets::Action] { ::std::unreachable!() }
            fn policies(&self) -> ::restwell::viewsets::Policies { ::std::unreachable!() }
            fn check_object(
                &self,
                _: &::restwell::request::Request,
                _: &mut ::restwell::db::Conn,
            ) -> ::restwell::exceptions::Result<()> {
                ::std::unreachable!()
            }
            fn inserts(&self) -> ::std::option::Option<::restwell::checks::Inserts> { ::std::unreachable!() }
            fn constraint(&self, _: &str) -> ::std::option::Option<::restwell::exceptions::Constraint> {
                ::std::unreachable!()
            }
            fn call(
                &self,
                _: &str,
                _: &::restwell::request::Request,
                _: &mut ::restwell::db::Conn,
            ) -> ::restwell::exceptions::Result<::restwell::response::Response> {
                ::std::unreachable!()
            }
        }
    }
}

impl<'a> ViewSet<'a> {
    fn read(arguments: TokenStream, block: &'a ItemImpl, ctxt: &Ctxt) -> Option<Self> {
        let base = base_of(block);
        let standard = match base.as_deref() {
            Some("ModelViewSet") => STANDARD.to_vec(),
            Some("ReadOnlyModelViewSet") => vec!["list", "retrieve"],
            Some("GenericViewSet") => standard_actions(arguments, ctxt),
            _ => {
                let message = "`#[viewset]` stands on `impl ModelViewSet for …`, `impl ReadOnlyModelViewSet for …`, \
                               `impl GenericViewSet for …` or `impl ViewSet for …`";
                ctxt.error(&block.self_ty, message);
                return None;
            }
        };
        let serializer = block.items.iter().find_map(|item| match item {
            ImplItem::Type(ty) if ty.ident == "Serializer" => Some(&ty.ty),
            _ => None,
        });
        if serializer.is_none() {
            ctxt.error(
                &block.self_ty,
                "a viewset needs its serializer: `type Serializer = …;`",
            );
        }
        let (items, actions) = (Vec::new(), Vec::new());
        let mut viewset = Self {
            block,
            base: base?,
            serializer: serializer?,
            standard,
            items,
            actions,
        };
        for item in &block.items {
            viewset.sort(item, ctxt);
        }
        action::map(&mut viewset.actions, ctxt);
        Some(viewset)
    }

    fn sort(&mut self, item: &'a ImplItem, ctxt: &Ctxt) {
        let name = match item {
            ImplItem::Fn(function) => {
                if let Some(position) = function
                    .attrs
                    .iter()
                    .position(|attribute| attribute.path().is_ident("action"))
                {
                    self.actions.push(Action::read(function, position, ctxt));
                    return;
                }
                &function.sig.ident
            }
            ImplItem::Type(ty) => &ty.ident,
            ImplItem::Const(constant) => &constant.ident,
            other => return ctxt.error(other, "a viewset has types, constants and methods only"),
        };
        let known: Vec<&str> = HOMES
            .iter()
            .flat_map(|(_, names)| names.iter().copied())
            .collect();
        match HOMES
            .iter()
            .find(|(_, names)| names.contains(&name.to_string().as_str()))
        {
            Some((home, _)) if self.lacks(home) => {
                ctxt.error(
                    name,
                    format_args!(
                        "`{name}` belongs to `{home}`, and this viewset has no such actions"
                    ),
                );
            }
            Some((home, _)) => self.items.push((home, item)),
            None => {
                let help = names::unknown("item of a viewset", &name.to_string(), &known);
                ctxt.error(
                    name,
                    format_args!("{help}\nan action of your own carries `#[action(detail = …)]`"),
                );
            }
        }
    }

    /// Whether this is the trait of a standard action that the viewset does not have.
    fn lacks(&self, home: &str) -> bool {
        home != "GenericViewSet"
            && !self
                .standard
                .iter()
                .any(|action| home.starts_with(&names::camel_case(action)))
    }

    fn has(&self, name: &str) -> bool {
        self.items.iter().any(|(_, item)| match item {
            ImplItem::Fn(function) => function.sig.ident == name,
            ImplItem::Type(ty) => ty.ident == name,
            ImplItem::Const(constant) => constant.ident == name,
            _ => false,
        })
    }

    /// What its serializer says: `Model`, `FIELDS`.
    fn serializer_item(&self, item: &str) -> TokenStream {
        item_of_serializer(self.serializer, item)
    }

    /// The fields that a body of this action has.
    fn fields(&self, action: &str) -> TokenStream {
        let Some(home) = ["create", "update"]
            .into_iter()
            .find(|known| *known == action)
        else {
            return self.serializer_item("FIELDS");
        };
        let name = names::camel_case(home);
        let (home, serializer) = (
            Ident::new(&format!("{name}ModelMixin"), self.block.self_ty.span()),
            Ident::new(&format!("{name}Serializer"), self.block.self_ty.span()),
        );
        quote! {
            <<Self as ::restwell::mixins::#home>::#serializer as ::restwell::serializers::BaseSerializer>::FIELDS
        }
    }

    /// What `create` sets, unless it is the viewset's own.
    fn inserts(&self) -> TokenStream {
        let is_own = self.has("create") || self.has("perform_create");
        if is_own || !self.standard.contains(&"create") {
            return quote!(::std::option::Option::None);
        }
        quote! {
            ::std::option::Option::Some(::restwell::checks::Inserts::of::<
                <Self as ::restwell::mixins::CreateModelMixin>::CreateSerializer,
            >())
        }
    }

    fn items_of(&self, home: &str) -> impl Iterator<Item = &&'a ImplItem> {
        self.items
            .iter()
            .filter(move |(known, _)| *known == home)
            .map(|(_, item)| item)
    }

    /// `type X = default;` unless the block says it.
    fn filled(&self, name: &str, default: TokenStream) -> Option<TokenStream> {
        let ident = Ident::new(name, self.block.self_ty.span());
        (!self.has(name)).then(|| quote!(type #ident = #default;))
    }

    fn expand(&self) -> TokenStream {
        let me = &self.block.self_ty;
        let generic = self.generic();
        let mixins = self.standard.iter().map(|action| self.mixin(action));
        let marker = match self.base.as_str() {
            "GenericViewSet" => None,
            base => {
                let base = Ident::new(base, me.span());
                Some(quote!(#[automatically_derived] impl ::restwell::viewsets::#base for #me {}))
            }
        };
        let erased = self.erased();
        let functions = self.actions.iter().map(|action| &action.function);
        let inherent = (!self.actions.is_empty()).then(|| quote!(impl #me { #(#functions)* }));
        quote!(#generic #(#mixins)* #marker #inherent #erased)
    }

    fn generic(&self) -> TokenStream {
        let (me, items) = (&self.block.self_ty, self.items_of("GenericViewSet"));
        let model = self.serializer_item("Model");
        let filter = self.filled("Filter", quote!(::restwell::filters::NoFilter<#model>));
        let pagination = self.filled("Pagination", quote!(::restwell::pagination::Unpaginated));
        let shows_all = !self.has("get_queryset");
        quote! {
            impl ::restwell::generics::GenericViewSet for #me {
                #filter
                #pagination
                const SHOWS_ALL: bool = #shows_all;
                #(#items)*
            }
        }
    }

    fn mixin(&self, action: &str) -> TokenStream {
        let me = &self.block.self_ty;
        let name = names::camel_case(action);
        let home = format!("{name}ModelMixin");
        let items = self.items_of(&home);
        let home = Ident::new(&home, me.span());
        let serializer = self.serializer.to_token_stream();
        let serializer = (action != "destroy")
            .then(|| self.filled(&format!("{name}Serializer"), serializer))
            .flatten();
        // A hook that does more than to store must find every key checked.
        let overridden = self.has(&format!("perform_{action}"));
        let defers = matches!(action, "create" | "update").then(|| {
            let defers = !overridden;
            quote!(
                const DEFERS: bool = #defers;
            )
        });
        quote! {
            impl ::restwell::mixins::#home for #me {
                #serializer
                #defers
                #(#items)*
            }
        }
    }

    fn erased(&self) -> TokenStream {
        let me = &self.block.self_ty;
        let name = me.to_token_stream().to_string();
        let description = attr::documentation(&self.block.attrs);
        let generic = quote!(<Self as ::restwell::generics::GenericViewSet>);
        let (model, constraint, inserts) = (
            self.serializer_item("Model"),
            self.serializer_item("constraint"),
            self.inserts(),
        );
        let model = quote!(<#model as ::restwell::models::Model>);
        let (table, calls) = (self.action_table(), self.calls());
        quote! {
            impl ::restwell::viewsets::ViewSet for #me {
                fn name(&self) -> &'static str { #name }
                fn description(&self) -> &'static str { #description }
                fn basename(&self) -> ::std::string::String { #model::NAME.to_lowercase() }
                fn model(&self) -> ::std::option::Option<::restwell::models::Meta> {
                    ::std::option::Option::Some(#model::META)
                }
                fn lookup_field(&self) -> &'static str {
                    #generic::LOOKUP_URL_KWARG.unwrap_or(#model::LOOKUP_FIELD)
                }
                fn lookup_value_regex(&self) -> &'static str { #generic::LOOKUP_VALUE_REGEX }
                fn actions(&self) -> &'static [::restwell::viewsets::Action] { &[#(#table),*] }
                fn http_method_names(&self) -> &'static [&'static str] { #generic::HTTP_METHOD_NAMES }
                fn renderers(&self) -> ::std::option::Option<&'static [&'static dyn ::restwell::renderers::Renderer]> {
                    #generic::RENDERERS
                }
                fn policies(&self) -> ::restwell::viewsets::Policies { #generic::POLICIES }
                fn parsers(&self) -> &'static [::restwell::parsers::Parser] { #generic::PARSERS }
                fn has_metadata(&self) -> bool { #generic::METADATA }
                fn check_object(
                    &self,
                    request: &::restwell::request::Request,
                    conn: &mut ::restwell::db::Conn,
                ) -> ::restwell::exceptions::Result<()> {
                    #generic::get_object(self, request, conn).map(::std::mem::drop)
                }
                fn inserts(&self) -> ::std::option::Option<::restwell::checks::Inserts> { #inserts }
                fn constraint(&self, name: &str) -> ::std::option::Option<::restwell::exceptions::Constraint> {
                    #constraint(name)
                }
                fn call(
                    &self,
                    action: &str,
                    request: &::restwell::request::Request,
                    conn: &mut ::restwell::db::Conn,
                ) -> ::restwell::exceptions::Result<::restwell::response::Response> {
                    match action {
                        #(#calls)*
                        _ => ::std::result::Result::Err(::restwell::exceptions::ApiException::not_found()),
                    }
                }
            }
        }
    }

    /// Every action with its group and its verb.
    fn standard_table(
        &self,
    ) -> impl Iterator<Item = (&'static str, &'static str, &'static str, bool)> {
        ACTIONS
            .into_iter()
            .filter(|(group, ..)| self.standard.contains(group))
    }

    fn action_table(&self) -> Vec<TokenStream> {
        let standard = self
            .standard_table()
            .map(|(_, name, verb, detail)| standard_entry(name, verb, detail, self.fields(name)));
        standard
            .chain(
                self.actions
                    .iter()
                    .map(|action| action.entry(self.serializer_item("FIELDS"))),
            )
            .collect()
    }

    fn calls(&self) -> Vec<TokenStream> {
        let standard = self.standard_table().map(|(group, name, ..)| {
            let home = Ident::new(
                &format!("{}ModelMixin", names::camel_case(group)),
                self.block.self_ty.span(),
            );
            let function = Ident::new(name, self.block.self_ty.span());
            quote!(#name => ::restwell::mixins::#home::#function(self, request, conn),)
        });
        let extra = self.actions.iter().map(Action::call);
        standard.chain(extra).collect()
    }
}

/// The entry of a standard action in the table of actions.
fn standard_entry(name: &str, verb: &str, detail: bool, fields: TokenStream) -> TokenStream {
    let url_name = if detail { "detail" } else { "list" };
    quote! {
        ::restwell::viewsets::Action {
            name: #name,
            detail: #detail,
            methods: &[#verb],
            url_path: "",
            url_name: #url_name,
            view_name: "",
            description: "",
            fields: #fields,
            policies: ::restwell::viewsets::Policies::DEFAULT,
        }
    }
}

/// What a serializer says: `Model`, `FIELDS`.
fn item_of_serializer(serializer: &Type, item: &str) -> TokenStream {
    let home = match item {
        "FIELDS" => quote!(::restwell::serializers::BaseSerializer),
        _ => quote!(::restwell::serializers::ModelSerializer),
    };
    ast::item_of(serializer, serializer, home, item)
}

/// `#[viewset(list, create)]`
fn standard_actions(arguments: TokenStream, ctxt: &Ctxt) -> Vec<&'static str> {
    use syn::parse::Parser;
    let items = match Punctuated::<Item, Token![,]>::parse_terminated.parse2(arguments) {
        Ok(items) => items,
        Err(error) => {
            ctxt.syn(error);
            return Vec::new();
        }
    };
    let find = |item: Item| {
        item.flag(ctxt);
        let name = item.name.to_string();
        let found = STANDARD.into_iter().find(|known| *known == name);
        if found.is_none() {
            ctxt.error(&item.name, names::unknown("action", &name, &STANDARD));
        }
        found
    };
    items.into_iter().filter_map(find).collect()
}
