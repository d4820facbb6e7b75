//! The endpoint `users`.

use actix_web::http::{Method, StatusCode};
use restwell::{
    generics::object_response,
    mixins::written_response,
    permissions::{IsAdminUser, IsAuthenticated},
    prelude::*,
    serializers,
    viewsets::Policies,
};
use restwell_auth::{User, delete_user};

use crate::accounts::serializers::{MeData, MeSerializer, UserData, UserSerializer};

pub struct UserViewSet;

/// People with an account.
#[viewset]
impl ModelViewSet for UserViewSet {
    type Serializer = UserSerializer;
    type Pagination = PageNumber<100>;
    const POLICIES: Policies = Policies {
        permissions: Some(&[&IsAdminUser]),
        ..Policies::DEFAULT
    };

    fn perform_create(
        &self,
        request: &Request,
        mut data: UserData,
        conn: &mut Conn,
    ) -> Result<User> {
        hash(request, &mut data.password)?;
        for text in [&mut data.email, &mut data.first_name, &mut data.last_name] {
            text.get_or_insert_default();
        }
        data.is_active.get_or_insert(true);
        data.is_staff.get_or_insert(false);
        UserSerializer::save(None, data, conn)
    }

    fn perform_update(
        &self,
        request: &Request,
        user: User,
        mut data: UserData,
        conn: &mut Conn,
    ) -> Result<User> {
        hash(request, &mut data.password)?;
        UserSerializer::save(Some(user), data, conn)
    }

    fn perform_destroy(&self, _: &Request, user: User, conn: &mut Conn) -> Result<()> {
        delete_user(&user, conn)
    }

    /// Who is signed in.
    #[action(
        detail = false,
        methods("get", "patch"),
        serializer = MeSerializer,
        policies = Policies { permissions: Some(&[&IsAuthenticated]), ..Policies::DEFAULT }
    )]
    fn me(&self, request: &Request, conn: &mut Conn) -> Result<Response> {
        let me = request
            .user::<User>()
            .ok_or_else(ApiException::not_authenticated)?;
        let rows = User::filter_key(User::query(), me.id);
        if request.method != Method::PATCH {
            let (user, related) =
                MeSerializer::retrieve(rows, conn)?.ok_or_else(ApiException::not_found)?;
            return object_response::<MeSerializer>(request, &user, &related, StatusCode::OK);
        }
        let user = User::lock(rows, conn)?.ok_or_else(ApiException::not_found)?;
        let mut data: MeData =
            serializers::validated::<MeSerializer>(request, Some(&user), true, true, conn)?;
        hash(request, &mut data.password)?;
        let user = MeSerializer::save(Some(user), data, conn)?;
        written_response::<MeSerializer>(request, &user, StatusCode::OK, conn)
    }
}

/// What is stored in the place of a password.
fn hash(request: &Request, password: &mut Option<String>) -> Result<()> {
    if let Some(password) = password {
        *password = request.make_password(password)?;
    }
    Ok(())
}
