//! Photos of shops: every kind of field that a form holds in its own way, and files.

use std::{fs, path::Path, sync::Arc};

use diesel::{connection::SimpleConnection, prelude::*};
use restwell::{
    db::Db, exceptions::ErrorFormat, parsers::Parser, prelude::*, server::App, settings::Settings,
    storage::FileSystemStorage, test::ApiClient,
};
use restwell_postgres::test::{Template, TestDatabase};
use tempfile::TempDir;

use crate::shop::{Shop, shop};

diesel::table! {
    photo (id) {
        id -> BigInt,
        title -> Text,
        image -> Nullable<Varchar>,
        manual -> Text,
        is_public -> Bool,
        is_new -> Nullable<Bool>,
        labels -> Array<Text>,
        extra -> Nullable<Jsonb>,
        shop_id -> Nullable<Integer>,
    }
}
diesel::allow_tables_to_appear_in_same_query!(photo, shop);

#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = photo)]
#[model(belongs_to(shop: Shop, by = shop_id))]
pub(crate) struct Photo {
    id: i64,
    title: String,
    image: Option<String>,
    manual: String,
    is_public: bool,
    is_new: Option<bool>,
    labels: Vec<String>,
    extra: Option<serde_json::Value>,
    shop_id: Option<i32>,
}

#[derive(Serializer)]
#[serializer(model = Photo)]
pub(crate) struct PhotoSerializer {
    #[field(unique, max_length = 20)]
    title: String,
    #[field(upload_to = "photos/", max_length = 40)]
    image: Option<ImageField>,
    #[field(optional, max_length = 30)]
    manual: FileField,
    #[field(optional)]
    is_public: bool,
    is_new: Option<bool>,
    #[field(optional, child(max_length = 3))]
    labels: Vec<String>,
    extra: Option<serde_json::Value>,
    shop: Option<PrimaryKey<Shop>>,
}

pub(crate) struct PhotoViewSet;
#[viewset]
impl ModelViewSet for PhotoViewSet {
    type Serializer = PhotoSerializer;

    fn perform_update(
        &self,
        request: &Request,
        photo: Photo,
        data: PhotoData,
        conn: &mut Conn,
    ) -> Result<Photo> {
        let photo = PhotoSerializer::update(photo, data, conn)?;
        match request.header("x-fail") {
            Some("panic") => panic!("a hook that panics"),
            Some(_) => Err(ApiException::permission_denied()),
            None => Ok(photo),
        }
    }

    /// What was sent, as a view sees it.
    #[action(detail = false, method = "post")]
    fn echo(&self, request: &Request, _: &mut Conn) -> Result<Response> {
        let files: Vec<_> = request
            .form()?
            .iter()
            .flat_map(|form| form.parts())
            .map(|(name, part)| format!("{name}: {part:?}"))
            .collect();
        Response::ok(
            request,
            &serde_json::json!({ "data": request.data()?, "parts": files }),
        )
    }
}

pub(crate) struct UploadViewSet;
#[viewset(list)]
impl GenericViewSet for UploadViewSet {
    type Serializer = PhotoSerializer;
    const PARSERS: &'static [Parser] = &[Parser::FILE_UPLOAD];

    /// The file that a body is.
    #[action(detail = false, method = "put", url_path = "as/(?P<filename>[^/]+)")]
    fn named(&self, request: &Request, conn: &mut Conn) -> Result<Response> {
        Self::unnamed(self, request, conn)
    }

    /// The file that a body is, with its name in a header.
    #[action(detail = false, method = "put")]
    fn unnamed(&self, request: &Request, _: &mut Conn) -> Result<Response> {
        let file = request.form()?.and_then(|form| form.file("file"));
        Response::ok(
            request,
            &file.map(|file| format!("{file:?} {}", file.content_type)),
        )
    }
}

/// A service with photos, its database, and the folder of its files.
pub(crate) struct Gallery {
    pub(crate) client: ApiClient,
    pub(crate) database: TestDatabase,
    pub(crate) root: TempDir,
}

impl Gallery {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("postgres");
        let tables = include_str!("models.sql");
        let database =
            Template::get(&folder, tables, |conn| conn.batch_execute(tables).unwrap()).database();
        database
            .connect()
            .batch_execute("INSERT INTO shop (name) VALUES ('Corner')")
            .unwrap();
        let root = tempfile::tempdir().unwrap();
        let mut settings = Settings {
            error_format: ErrorFormat::Code,
            storage: Arc::new(FileSystemStorage::new(root.path(), "/media/")),
            ..Settings::default()
        };
        change(&mut settings);
        let router = DefaultRouter::new()
            .register("photos", PhotoViewSet)
            .register_as("uploads", "upload", UploadViewSet);
        let app = App::new(
            Urls::new().include("/", router),
            settings,
            Db::new(&database.url(), 4),
        );
        Self {
            client: ApiClient::new(app),
            database,
            root,
        }
    }

    /// The names of all files, sorted; temporary ones too.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        let mut folders = vec![self.root.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => files.push(
                        path.strip_prefix(self.root.path())
                            .unwrap()
                            .to_str()
                            .unwrap()
                            .to_owned(),
                    ),
                }
            }
        }
        files.sort();
        files
    }
}

/// The smallest PNG.
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xff\xff?\0\x05\xfe\x02\xfe\xa75\x81\x84\0\0\0\0IEND\xaeB`\x82";
