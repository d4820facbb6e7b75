//! `parity/oracle/probe/pipeline.py`.

use std::{
    any::Any,
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use actix_web::http::Method;
use restwell::{
    authentication::{AbstractUser, Authentication, Identity},
    permissions::{IsAuthenticated, Permission},
    prelude::*,
    throttling::Throttle,
    viewsets::Policies,
};

use crate::relations::{Maker, MakerSerializer};

/// Who is asking.
struct User {
    name: String,
}

impl AbstractUser for User {
    fn key(&self) -> String {
        self.name.clone()
    }
}

/// `X-User: ann`
struct HeaderAuthentication;

impl Authentication for HeaderAuthentication {
    fn authenticate(&self, request: &Request, _: &mut Conn) -> Result<Option<Identity>> {
        match request.header("x-user") {
            None => Ok(None),
            Some(name @ ("ann" | "root")) => Ok(Some(Identity::new(User {
                name: name.to_owned(),
            }))),
            Some(_) => Err(ApiException::authentication_failed()),
        }
    }

    fn authenticate_header(&self, _: &Request) -> Option<String> {
        Some("Header".to_owned())
    }
}

/// Only `root` may delete, or touch the maker 2.
struct MayTouch;

fn is_root(request: &Request) -> bool {
    request
        .user()
        .is_some_and(|user: &User| user.name == "root")
}

impl Permission for MayTouch {
    fn has_permission(&self, request: &Request, _: &mut Conn) -> Result<bool> {
        Ok(is_root(request) || request.method != Method::DELETE)
    }

    fn has_object_permission(
        &self,
        request: &Request,
        object: &dyn Any,
        _: &mut Conn,
    ) -> Result<bool> {
        let maker = object.downcast_ref::<Maker>();
        Ok(is_root(request) || maker.is_some_and(|maker| maker.id != 2))
    }
}

/// Three requests a minute from each `X-Address`; others are not counted.
struct AddressThrottle {
    seen: Mutex<BTreeMap<String, VecDeque<Instant>>>,
}

impl AddressThrottle {
    const LIMIT: usize = 3;
    const PERIOD: Duration = Duration::from_secs(60);
}

impl Throttle for AddressThrottle {
    fn wait(&self, request: &Request, _: &mut Conn) -> Result<Option<u64>> {
        let Some(address) = request.header("x-address") else {
            return Ok(None);
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let times = seen.entry(address.to_owned()).or_default();
        times.retain(|time| time.elapsed() < Self::PERIOD);
        match times.front() {
            Some(first) if times.len() >= Self::LIMIT => {
                let left = Self::PERIOD.saturating_sub(first.elapsed());
                Ok(Some(left.as_secs_f64().ceil() as u64))
            }
            _ => {
                times.push_back(Instant::now());
                Ok(None)
            }
        }
    }
}

static ADDRESSES: AddressThrottle = AddressThrottle {
    seen: Mutex::new(BTreeMap::new()),
};

#[derive(FilterSet)]
#[filterset(model = Maker)]
struct MakerFilter {
    name: String,
    #[filter(gte)]
    id: i64,
}

struct PipelineViewSet;

/// Everything that may refuse a request.
#[viewset]
impl ModelViewSet for PipelineViewSet {
    type Serializer = MakerSerializer;
    type Filter = MakerFilter;
    const POLICIES: Policies = Policies {
        authentication: Some(&[&HeaderAuthentication]),
        permissions: Some(&[&IsAuthenticated, &MayTouch]),
        throttles: Some(&[&ADDRESSES]),
        ..Policies::DEFAULT
    };
}

struct NoMetadataViewSet;

/// Does not describe itself.
#[viewset]
impl ModelViewSet for NoMetadataViewSet {
    type Serializer = MakerSerializer;
    const METADATA: bool = false;
}

struct ForbiddenViewSet;

/// May be read, not written.
#[viewset]
impl ModelViewSet for ForbiddenViewSet {
    type Serializer = MakerSerializer;
    const POLICIES: Policies = Policies {
        authentication: Some(&[&HeaderAuthentication]),
        permissions: Some(&[&MayTouch]),
        ..Policies::DEFAULT
    };
}

pub(crate) fn register(router: DefaultRouter) -> DefaultRouter {
    router
        .register_as("pipeline", "pipeline", PipelineViewSet)
        .register_as("no-metadata", "no-metadata", NoMetadataViewSet)
        .register_as("forbidden", "forbidden", ForbiddenViewSet)
}
