//! A client that keeps cookies, as browsers do.

use std::{cell::RefCell, collections::BTreeMap};

use actix_web::http::Method;
use restwell::test::{ApiClient, TestRequest, TestResponse};

pub(crate) struct Browser {
    pub(crate) client: ApiClient,
    pub(crate) cookies: RefCell<BTreeMap<String, String>>,
}

impl Browser {
    pub(crate) fn new(client: ApiClient) -> Self {
        Self {
            client,
            cookies: RefCell::default(),
        }
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        self.cookies
            .borrow_mut()
            .insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn get(&self, path: &str) -> TestResponse {
        self.send(TestRequest::new(Method::GET, path))
    }

    /// `POST` of a form with the token that belongs to the cookie.
    pub(crate) fn submit(&self, path: &str, fields: &[(&str, &str)]) -> TestResponse {
        let token = self.cookie("csrftoken").unwrap_or_default();
        let fields = [fields, &[("csrfmiddlewaretoken", &token)]].concat();
        self.send(TestRequest::new(Method::POST, path).form(&fields))
    }

    /// Sends all cookies, and keeps those of the answer.
    pub(crate) fn send(&self, request: TestRequest) -> TestResponse {
        let cookies = self.cookies.borrow();
        let pairs: Vec<_> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        drop(cookies);
        let response = self
            .client
            .send(request.header("cookie", &pairs.join("; ")));
        for header in set_cookies(&response) {
            let (name, value) = header.split(';').next().unwrap().split_once('=').unwrap();
            let mut cookies = self.cookies.borrow_mut();
            match header.contains("; Max-Age=0;") {
                true => cookies.remove(name),
                false => cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        response
    }
}

/// What the answer says of cookies, each with its attributes.
pub(crate) fn set_cookies(response: &TestResponse) -> Vec<String> {
    let headers = response.headers.get_all("set-cookie");
    headers
        .map(|header| header.to_str().unwrap().to_owned())
        .collect()
}
