"""Nested serializers that write: an order, its address and its lines."""

from django.db import transaction
from rest_framework import serializers, viewsets

from .models import Address, Line, Order


class AddressSerializer(serializers.ModelSerializer):
    class Meta:
        model = Address
        fields = ["street", "code"]


class LineSerializer(serializers.ModelSerializer):
    class Meta:
        model = Line
        fields = ["name", "quantity"]


class OrderSerializer(serializers.ModelSerializer):
    address = AddressSerializer()
    lines = LineSerializer(many=True, required=False)

    class Meta:
        model = Order
        fields = ["id", "code", "address", "lines"]

    @transaction.atomic
    def create(self, valid):
        address, lines = valid.pop("address"), valid.pop("lines", [])
        order = Order.objects.create(**valid)
        Address.objects.create(order=order, **address)
        Line.objects.bulk_create(Line(order=order, **line) for line in lines)
        return order

    @transaction.atomic
    def update(self, order, valid):
        address, lines = valid.pop("address", {}), valid.pop("lines", None)
        for name, value in address.items():
            setattr(order.address, name, value)
        order.address.save()
        if lines is not None:
            order.lines.all().delete()
            Line.objects.bulk_create(Line(order=order, **line) for line in lines)
        return super().update(order, valid)


class ReadOnlyOrderSerializer(serializers.ModelSerializer):
    address = AddressSerializer(read_only=True)
    lines = LineSerializer(many=True, read_only=True)

    class Meta:
        model = Order
        fields = ["id", "code", "address", "lines"]


class OrderViewSet(viewsets.ModelViewSet):
    """Orders; the address is changed in place, the lines are replaced."""

    queryset = Order.objects.all()
    serializer_class = OrderSerializer


class ReadOnlyOrderViewSet(viewsets.ModelViewSet):
    """Orders whose address and lines are only shown."""

    queryset = Order.objects.all()
    serializer_class = ReadOnlyOrderSerializer
