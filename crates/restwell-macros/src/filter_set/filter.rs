//! One field of a filterset, as its attribute describes it.

use syn::{Ident, LitStr, Path, Token, Type, ext::IdentExt, parse::Parse};

use super::lookup;
use crate::{
    attr::{self, Item, Name, NamePath},
    ctxt::Ctxt,
};

/// Options that are no lookups.
const OPTIONS: [&str; 12] = [
    "any",
    "conjoined",
    "path",
    "param",
    "choices",
    "method",
    "exclude",
    "required",
    "null",
    "lookup_choice",
    "fields",
    "when",
];

pub(super) struct Filter<'a> {
    pub(super) ty: &'a Type,
    pub(super) path: NamePath,
    /// What parameters start with.
    pub(super) parameter: String,
    /// The only parameter, if its name is written.
    pub(super) param: Option<LitStr>,
    pub(super) lookups: Vec<Ident>,
    pub(super) choices: Option<Path>,
    pub(super) method: Option<Path>,
    /// Whether its parameters exist for a request.
    pub(super) when: Option<Path>,
    pub(super) conjoined: bool,
    pub(super) exclude: bool,
    pub(super) required: bool,
    pub(super) null: bool,
    pub(super) lookup_choice: bool,
    pub(super) fields: Vec<Alias>,
}

/// What a client calls a value to order by: `cost = price`, or only `name`.
pub(super) struct Alias {
    pub(super) name: String,
    pub(super) path: NamePath,
}

impl Parse for Alias {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Self> {
        if !input.peek2(Token![=]) {
            let path: NamePath = input.parse()?;
            return Ok(Self {
                name: path.parameter(),
                path,
            });
        }
        let name = input.parse::<Name>()?.0.unraw().to_string();
        input.parse::<Token![=]>()?;
        Ok(Self {
            name,
            path: input.parse()?,
        })
    }
}

impl<'a> Filter<'a> {
    pub(super) fn read(name: &Ident, field: &'a syn::Field, ctxt: &Ctxt) -> Self {
        let mut filter = Self {
            ty: &field.ty,
            path: NamePath(vec![name.clone()]),
            parameter: name.unraw().to_string(),
            param: None,
            lookups: Vec::new(),
            choices: None,
            method: None,
            when: None,
            conjoined: false,
            exclude: false,
            required: false,
            null: false,
            lookup_choice: false,
            fields: Vec::new(),
        };
        let lookups = lookup::known();
        let known: Vec<&str> = lookups.iter().map(String::as_str).chain(OPTIONS).collect();
        for item in attr::items(&field.attrs, "filter", &known, &[], ctxt) {
            filter.option(&item, ctxt);
        }
        if filter.lookups.is_empty() {
            filter.lookups.push(Ident::new("exact", name.span()));
        }
        filter.check(ctxt);
        filter
    }

    fn option(&mut self, item: &Item, ctxt: &Ctxt) {
        match item.name.to_string().as_str() {
            "path" => {
                if let Some(path) = item.value::<NamePath>(ctxt) {
                    self.parameter = path.parameter();
                    self.path = path;
                }
            }
            "param" => self.param = item.value(ctxt),
            "choices" => self.choices = item.value(ctxt),
            "method" => self.method = item.value(ctxt),
            "when" => self.when = item.value(ctxt),
            "fields" => self.fields = item.list(ctxt),
            "any" => drop(item.flag(ctxt)),
            "conjoined" => self.conjoined = item.flag(ctxt),
            "exclude" => self.exclude = item.flag(ctxt),
            "required" => self.required = item.flag(ctxt),
            "null" => self.null = item.flag(ctxt),
            "lookup_choice" => self.lookup_choice = item.flag(ctxt),
            _ => {
                item.flag(ctxt);
                self.lookups.push(item.name.clone());
            }
        }
    }

    fn check(&self, ctxt: &Ctxt) {
        if let (Some(param), [_, second, ..], false) =
            (&self.param, self.lookups.as_slice(), self.lookup_choice)
        {
            let message = format_args!(
                "`{}` is one parameter and has one lookup; write `{second}` on a field of its own",
                param.value()
            );
            ctxt.error(second, message);
        }
        if let (Some(method), true) = (&self.method, self.exclude) {
            ctxt.error(
                method,
                "a method says itself which rows it leaves: drop `exclude`",
            );
        }
    }

    /// The name of a lookup's parameter.
    pub(super) fn parameter(&self, lookup: &str) -> String {
        match (&self.param, lookup) {
            (Some(param), _) => param.value(),
            (None, "exact") => self.parameter.clone(),
            (None, lookup) => format!("{}__{lookup}", self.parameter),
        }
    }

    /// What an ordering filter calls its values, as `FilterSet::order_by` knows them.
    pub(super) fn aliases(&self) -> impl Iterator<Item = (String, &NamePath)> {
        let parameter = self.parameter("exact");
        self.fields
            .iter()
            .map(move |alias| (format!("{parameter}={}", alias.name), &alias.path))
    }

    /// What a client calls these values.
    pub(super) fn alias_names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|alias| alias.name.as_str())
    }
}
