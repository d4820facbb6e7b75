//! The framework's tests, by module; those that need a database use the small models of [`shop`]. Sessions and CSRF are
//! tested in `restwell-auth`, where there are users.

#[cfg(test)]
mod cursors;
#[cfg(test)]
mod exceptions;
#[cfg(test)]
mod fields;
#[cfg(test)]
mod filters;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod gadgets;
#[cfg(test)]
mod gallery;
#[cfg(test)]
mod media;
#[cfg(test)]
mod multipart;
#[cfg(test)]
mod negotiation;
#[cfg(test)]
mod pagination;
#[cfg(test)]
mod parsers;
#[cfg(test)]
mod permissions;
#[cfg(test)]
mod policies;
#[cfg(test)]
mod press;
mod queue;
#[cfg(test)]
mod relations;
#[cfg(test)]
mod renderers;
#[cfg(test)]
mod request;
#[cfg(test)]
mod routing;
#[cfg(test)]
mod serializers;
#[cfg(test)]
mod server;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod signing;
#[cfg(test)]
mod things;
#[cfg(test)]
mod throttled;
#[cfg(test)]
mod throttling;
#[cfg(test)]
mod uploads;
#[cfg(test)]
mod versioning;
#[cfg(test)]
mod viewsets;
