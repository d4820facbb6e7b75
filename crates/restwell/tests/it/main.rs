//! The framework's tests, by module; those that need a database use the small models of [`shop`].

#[cfg(test)]
mod cursors;
#[cfg(test)]
mod embedded;
#[cfg(test)]
mod exceptions;
#[cfg(test)]
mod fields;
#[cfg(test)]
mod filters;
#[cfg(test)]
mod migrate;
#[cfg(test)]
mod negotiation;
#[cfg(test)]
mod pagination;
#[cfg(test)]
mod parsers;
#[cfg(test)]
mod query_params;
#[cfg(test)]
mod renderers;
#[cfg(test)]
mod routing;
#[cfg(test)]
mod search;
#[cfg(test)]
mod serializers;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod things;
#[cfg(test)]
mod versioning;
#[cfg(test)]
mod viewsets;
