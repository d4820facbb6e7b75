//! The parts of a body, however it arrives. The fuzz target `forms` asks for them too.

use restwell::{
    exceptions::ErrorDetail,
    multipart::{Event, Headers, Splitter},
};

/// What the headers of each part say, and its contents.
pub(crate) type Parts = Vec<(Headers, Vec<u8>)>;

/// The parts of a body that arrives in pieces of this size.
pub(crate) fn split(body: &[u8], size: usize) -> Result<Parts, ErrorDetail> {
    let mut splitter = Splitter::new("X");
    let mut parts = Vec::new();
    for piece in body.chunks(size) {
        splitter.push(piece);
        take(&mut splitter, &mut parts)?;
    }
    splitter.end();
    take(&mut splitter, &mut parts)?;
    Ok(parts)
}

fn take(splitter: &mut Splitter, parts: &mut Parts) -> Result<(), ErrorDetail> {
    while let Some(event) = splitter.next_event().map_err(|error| error.detail)? {
        match event {
            Event::Part(headers) => parts.push((headers, Vec::new())),
            Event::Content(bytes) => parts.last_mut().expect("a part began").1.extend(bytes),
            Event::End => {}
        }
    }
    Ok(())
}
