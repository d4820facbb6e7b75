use restwell::{prelude::*, viewsets::ViewSet};

struct HolidayViewSet;

#[viewset]
impl ViewSet for HolidayViewSet {
    fn retreive(&self, request: &Request, _: &mut Conn) -> Result<Response> {
        Response::ok(request, "")
    }
}

fn urls() -> DefaultRouter {
    DefaultRouter::new().register("holidays", HolidayViewSet)
}

fn main() {}
