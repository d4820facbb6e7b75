from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from rest_framework import serializers


class UserSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = [
            "id",
            "username",
            "email",
            "first_name",
            "last_name",
            "is_active",
            "is_staff",
            "groups",
            "password",
            "last_login",
            "date_joined",
        ]
        read_only_fields = ["last_login", "date_joined"]
        extra_kwargs = {"password": {"write_only": True, "min_length": 8}}

    def create(self, valid):
        return super().create(hashed(valid))

    def update(self, user, valid):
        return super().update(user, hashed(valid))


def hashed(valid):
    if "password" in valid:
        valid["password"] = make_password(valid["password"])
    return valid


class MeSerializer(UserSerializer):
    class Meta(UserSerializer.Meta):
        read_only_fields = ["username", "is_active", "is_staff", "groups", "last_login", "date_joined"]
