//! Nested serializers that write: an order, its address and its lines.

use diesel::prelude::*;
use restwell::{prelude::*, serializers::certain};

use crate::schema::{probe_address, probe_line, probe_order};

/// What somebody wants.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = probe_order)]
#[model(
    has_one(address: Address, by = order_id),
    has_many(lines: Line, by = order_id),
    ordering(id)
)]
pub(crate) struct Order {
    pub(crate) id: i64,
    pub(crate) code: String,
}

/// Where an order goes.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = probe_address)]
#[model(belongs_to(order: Order, by = order_id))]
pub(crate) struct Address {
    pub(crate) id: i64,
    pub(crate) order_id: i64,
    pub(crate) street: String,
    pub(crate) code: String,
}

/// One thing that is ordered.
#[derive(Queryable, Selectable, Identifiable, Model)]
#[diesel(table_name = probe_line)]
#[model(belongs_to(order: Order, by = order_id), ordering(id))]
pub(crate) struct Line {
    pub(crate) id: i64,
    pub(crate) order_id: i64,
    pub(crate) name: String,
    pub(crate) quantity: i32,
}

#[derive(Serializer)]
#[serializer(model = Address)]
pub(crate) struct AddressSerializer {
    #[field(max_length = 60)]
    street: String,
    #[field(max_length = 20, unique)]
    code: String,
}

#[derive(Serializer)]
#[serializer(model = Line)]
pub(crate) struct LineSerializer {
    #[field(max_length = 40)]
    name: String,
    #[field(optional)]
    quantity: i32,
}

#[derive(Serializer)]
#[serializer(model = Order, save = save_order)]
pub(crate) struct OrderSerializer {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 20)]
    code: String,
    #[field(nested, writable)]
    address: AddressSerializer,
    #[field(nested, writable, optional)]
    lines: Vec<LineSerializer>,
}

/// The address is changed in place, the lines are replaced.
fn save_order(order: Option<Order>, mut data: OrderData, conn: &mut Conn) -> Result<Order> {
    let (address, lines) = (data.address.take(), data.lines.take());
    let order = match order {
        Some(order) => {
            if let Some(address) = address {
                change_address(order.id, address, conn)?;
            }
            if lines.is_some() {
                diesel::delete(probe_line::table.filter(probe_line::order_id.eq(order.id)))
                    .execute(conn)?;
            }
            OrderSerializer::update(order, data, conn)?
        }
        None => {
            let order = OrderSerializer::insert(data, conn)?;
            add_address(order.id, certain(address, "address")?, conn)?;
            order
        }
    };
    add_lines(order.id, lines.unwrap_or_default(), conn)?;
    Ok(order)
}

fn add_address(order: i64, address: AddressData, conn: &mut Conn) -> Result<()> {
    let row = (
        probe_address::order_id.eq(order),
        probe_address::street.eq(certain(address.street, "street")?),
        probe_address::code.eq(certain(address.code, "code")?),
    );
    diesel::insert_into(probe_address::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

fn change_address(order: i64, address: AddressData, conn: &mut Conn) -> Result<()> {
    let query = Address::query().filter(probe_address::order_id.eq(order));
    if let Some(row) = Address::load(query, conn)?.pop() {
        AddressSerializer::update(row, address, conn)?;
    }
    Ok(())
}

fn add_lines(order: i64, lines: Vec<LineData>, conn: &mut Conn) -> Result<()> {
    let mut rows = Vec::with_capacity(lines.len());
    for line in lines {
        rows.push((
            probe_line::order_id.eq(order),
            probe_line::name.eq(certain(line.name, "name")?),
            line.quantity
                .map(|quantity| probe_line::quantity.eq(quantity)),
        ));
    }
    diesel::insert_into(probe_line::table)
        .values(rows)
        .execute(conn)?;
    Ok(())
}

#[derive(Serializer)]
#[serializer(model = Order)]
pub(crate) struct ReadOnlyOrderSerializer {
    #[field(read_only)]
    id: i64,
    #[field(max_length = 20)]
    code: String,
    #[field(nested)]
    address: AddressSerializer,
    #[field(nested)]
    lines: Vec<LineSerializer>,
}

pub(crate) struct OrderViewSet;

/// Orders; the address is changed in place, the lines are replaced.
#[viewset]
impl ModelViewSet for OrderViewSet {
    type Serializer = OrderSerializer;
}

pub(crate) struct ReadOnlyOrderViewSet;

/// Orders whose address and lines are only shown.
#[viewset]
impl ModelViewSet for ReadOnlyOrderViewSet {
    type Serializer = ReadOnlyOrderSerializer;
}

pub(crate) fn register(router: DefaultRouter) -> DefaultRouter {
    router.register("orders", OrderViewSet).register_as(
        "read-only-orders",
        "read-only-order",
        ReadOnlyOrderViewSet,
    )
}
