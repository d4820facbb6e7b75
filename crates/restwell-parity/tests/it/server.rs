//! A server of one resource, whose rows all have one price; without a price, it takes no new ones.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
};

pub(crate) struct Server(SocketAddr);

impl Server {
    /// Serves until the end of the process.
    pub(crate) fn start(price: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming() {
                answer(stream.unwrap(), price);
            }
        });
        Self(address)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.0)
    }
}

fn answer(mut stream: TcpStream, price: &str) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut lines = Vec::new();
    let mut line = String::new();
    while reader.read_line(&mut line).unwrap() > 2 {
        lines.push(line.trim_end().to_owned());
        line.clear();
    }
    let header = |name: &str| {
        let mut headers = lines
            .iter()
            .skip(1)
            .filter_map(|line| line.split_once(": "));
        let found = headers.find(|(header, _)| header.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.to_owned())
    };
    let length = header("content-length").map_or(0, |length| length.parse().unwrap());
    reader.read_exact(&mut vec![0; length]).unwrap();
    let host = header("host").unwrap();
    let request: Vec<_> = lines[0].split(' ').collect();
    let (status, location, body) = respond(request[0], request[1], &host, price);
    let (length, body) = match request[0] {
        "HEAD" => (body.len(), String::new()),
        _ => (body.len(), body),
    };
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nLocation: {location}\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    stream.write_all(head.as_bytes()).unwrap();
}

fn respond(method: &str, target: &str, host: &str, price: &str) -> (u16, String, String) {
    let path = target.split('?').next().unwrap();
    let book = |id: &str| format!(r#"{{"url":"http://{host}/books/{id}/","price":"{price}"}}"#);
    let price_field = r#"{"price":{"type":"decimal","required":true,"read_only":false}}"#;
    let options = |method: &str| {
        format!(r#"{{"parses":["application/json"],"actions":{{"{method}":{price_field}}}}}"#)
    };
    let path = path.trim_matches('/').split('/').collect::<Vec<_>>();
    let (status, body) = match (method, path.as_slice()) {
        ("GET", [""]) => (200, format!(r#"{{"books":"http://{host}/books/"}}"#)),
        ("GET" | "HEAD", ["books"]) => (200, format!("[{}]", book("1"))),
        ("OPTIONS", ["books"]) => (200, options("POST")),
        ("OPTIONS", ["books", _]) => (200, options("PUT")),
        ("POST", ["books"]) if price.is_empty() => (400, r#"{"price":["invalid"]}"#.to_owned()),
        ("POST", ["books"]) => (201, r#"{"id":7}"#.to_owned()),
        ("GET" | "HEAD" | "PUT" | "PATCH", ["books", id]) => (200, book(id)),
        ("DELETE", ["books", _]) => (204, String::new()),
        _ => (404, r#"{"detail":"not_found"}"#.to_owned()),
    };
    (status, format!("http://{host}/books/7/"), body)
}
