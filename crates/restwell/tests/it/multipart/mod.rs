//! Whatever a client sends in a body, its parts are the same however they arrive, and nothing panics.

use proptest::{collection::vec, prelude::*};
use restwell::{
    input::Part,
    parsers::{Disposition, media_type, parse_form, parse_json},
    storage::{FileSystemStorage, Storage, available_name, valid_name},
};

use self::parts::split;

mod parts;

/// Bytes that look like a body of parts, more or less.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let token = prop_oneof![
        4 => Just(b"\r\n--X".to_vec()),
        2 => Just(b"\r\n".to_vec()),
        2 => Just(b"\r\n\r\n".to_vec()),
        2 => Just(b"Content-Disposition: form-data; name=\"a\"".to_vec()),
        1 => Just(b"--".to_vec()),
        1 => Just(b"\r".to_vec()),
        1 => Just(b" ".to_vec()),
        2 => vec(any::<u8>(), 0..9),
    ];
    vec(token, 0..30).prop_map(|tokens| tokens.concat())
}

proptest! {
    #[test]
    fn parts_do_not_depend_on_how_they_arrive(body in body(), size in 1..40usize) {
        prop_assert_eq!(split(&body, size), split(&body, usize::MAX));
    }

    #[test]
    fn what_was_put_in_comes_out(contents in vec(vec(any::<u8>(), 0..60), 0..6), size in 1..40usize) {
        prop_assume!(contents.iter().all(|content| !content.windows(5).any(|window| window == b"\r\n--X")));
        let mut body = Vec::new();
        for content in &contents {
            body.extend([b"--X\r\nContent-Disposition: form-data; name=a\r\n\r\n", &content[..], b"\r\n"].concat());
        }
        body.extend(b"--X--");
        let parts = split(&body, size).unwrap();
        let read: Vec<_> = parts.into_iter().map(|(_, content)| content).collect();
        prop_assert_eq!(read, contents);
    }

    #[test]
    fn any_header_and_any_form_is_read(text in ".{0,80}", bytes in vec(any::<u8>(), 0..80)) {
        let charset = media_type(&text).and_then(|media| media.param("charset").map(str::to_owned));
        Disposition::parse(&text);
        let _ = parse_json(&bytes, charset.as_deref().or(Some(&text)));
        if let Ok(form) = parse_form(&bytes, charset.as_deref()) {
            let is_text = |(_, part): (&str, &Part)| matches!(part, Part::Text(_));
            prop_assert!(form.parts().all(is_text));
        }
    }

    #[test]
    fn no_file_name_leads_out_of_its_folder(name in "[./\\\\\0 a-z\u{e9}?]{0,20}", limit in 0..40usize) {
        let root = tempfile::tempdir().unwrap();
        let storage = FileSystemStorage::new(root.path().join("inner"), "/media/");
        let _ = storage.save(&name, &mut &b"x"[..]);
        let outside = std::fs::read_dir(root.path()).unwrap();
        prop_assert!(outside.into_iter().all(|entry| entry.unwrap().file_name() == "inner"));
        let Some(valid) = valid_name(&name) else { return Ok(()) };
        prop_assert!(!valid.contains(['/', '\\', '\0', ' ']) && !valid.starts_with('.'));
        if let Some(available) = available_name("F/", &valid, Some(limit), |name| name.len() % 2 == 0 && name.len() < 9) {
            prop_assert!(available.starts_with("F/") && available.chars().count() <= limit);
            prop_assert!(storage.save(&available, &mut &b"x"[..]).is_ok());
        }
    }

    #[test]
    fn no_image_breaks_the_check(bytes in vec(any::<u8>(), 0..60), kind in 0..5usize) {
        let starts: [&[u8]; 5] = [b"", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"GIF89a", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBPVP8"];
        let content = [starts[kind], &bytes[..]].concat();
        let _ = imagesize::reader_size(std::io::Cursor::new(content));
    }
}
