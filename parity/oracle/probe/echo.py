"""Fields: `POST /probe/echo/<theme>/` validates the body and answers what it was understood as."""

from datetime import timedelta
from functools import partial

from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response
from rest_framework.serializers import ValidationError


class EchoView(GenericAPIView):
    """Answers what it was sent."""

    def post(self, request):
        return self.echo(request, partial=False)

    def patch(self, request):
        return self.echo(request, partial=True)

    def echo(self, request, partial):
        serializer = self.get_serializer(data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        return Response(self.answer(serializer))

    def answer(self, serializer):
        return serializer.data


class ValidView(EchoView):
    """Answers what was valid, which need not be whole."""

    def answer(self, serializer):
        return serializer.validated_data


class Presence(serializers.Serializer):
    required = serializers.CharField()
    required_null = serializers.IntegerField(allow_null=True)
    optional = serializers.IntegerField(required=False)
    optional_null = serializers.IntegerField(required=False, allow_null=True)
    defaulted = serializers.IntegerField(default=7, min_value=10)
    defaulted_null = serializers.IntegerField(default=None, allow_null=True)
    called = serializers.ListField(default=list)
    read_only = serializers.IntegerField(read_only=True)
    read_only_default = serializers.IntegerField(read_only=True, default=3)
    write_only = serializers.CharField(write_only=True, required=False)
    hidden = serializers.HiddenField(default="always")
    keys = serializers.SerializerMethodField()

    def get_keys(self, valid):
        return sorted(valid)


class Hooks(serializers.Serializer):
    given = serializers.IntegerField(required=False, allow_null=True, max_value=100)
    defaulted = serializers.IntegerField(default=13)

    def validate_given(self, given):
        if given is None or given == 13:
            raise ValidationError("Not this one.", code="unlucky")
        return given + 1

    def validate_defaulted(self, defaulted):
        if defaulted == 13:
            raise ValidationError("Not this one.", code="unlucky")
        return defaulted


class Summary(serializers.Serializer):
    number = serializers.IntegerField(read_only=True)


class Sources(serializers.Serializer):
    renamed = serializers.IntegerField(source="number", required=False, min_value=0)
    x = serializers.IntegerField(source="point.x", required=False, min_value=0)
    y = serializers.IntegerField(source="point.y", required=False, min_value=0)
    sub = serializers.JSONField(required=False, allow_null=True)
    name = serializers.CharField(source="sub.name", read_only=True)
    name_or_null = serializers.CharField(source="sub.name", read_only=True, allow_null=True)
    name_or_default = serializers.CharField(source="sub.name", read_only=True, default="none")
    whole = Summary(source="*", read_only=True)


def lower_case(text):
    if text != text.lower():
        raise ValidationError("Write this in lower case.", code="lower_case")


class Texts(serializers.Serializer):
    plain = serializers.CharField(required=False)
    short = serializers.CharField(required=False, max_length=5)
    long = serializers.CharField(required=False, min_length=3)
    untrimmed = serializers.CharField(required=False, trim_whitespace=False, max_length=5)
    blank = serializers.CharField(required=False, allow_blank=True)
    null = serializers.CharField(required=False, allow_null=True)
    null_blank = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    email = serializers.EmailField(required=False)
    email_short = serializers.EmailField(required=False, max_length=5)
    regex = serializers.RegexField(r"[a-z]\d", required=False)
    slug = serializers.SlugField(required=False)
    slug_unicode = serializers.SlugField(required=False, allow_unicode=True)
    url = serializers.URLField(required=False)
    checked = serializers.CharField(required=False, max_length=3, validators=[lower_case])


class Numbers(serializers.Serializer):
    integer = serializers.IntegerField(required=False)
    integer_bounded = serializers.IntegerField(required=False, min_value=1, max_value=10)
    integer_null = serializers.IntegerField(required=False, allow_null=True)
    big = serializers.BigIntegerField(required=False)
    big_text = serializers.BigIntegerField(required=False, coerce_to_string=True)
    float = serializers.FloatField(required=False)
    float_bounded = serializers.FloatField(required=False, min_value=0, max_value=1)
    float_null = serializers.FloatField(required=False, allow_null=True)
    decimal = serializers.DecimalField(6, 2, required=False)
    decimal_small = serializers.DecimalField(4, 4, required=False)
    decimal_bounded = serializers.DecimalField(6, 2, required=False, min_value=1, max_value=10)
    decimal_null = serializers.DecimalField(6, 2, required=False, allow_null=True)
    decimal_number = serializers.DecimalField(6, 2, required=False, coerce_to_string=False)
    decimal_normal = serializers.DecimalField(6, 2, required=False, normalize_output=True)
    decimal_open = serializers.DecimalField(None, None, required=False)


class Flags(serializers.Serializer):
    flag = serializers.BooleanField(required=False)
    flag_null = serializers.BooleanField(required=False, allow_null=True)
    flag_default = serializers.BooleanField(default=True)


class Times(serializers.Serializer):
    datetime = serializers.DateTimeField(required=False)
    datetime_null = serializers.DateTimeField(required=False, allow_null=True)
    datetime_format = serializers.DateTimeField(
        required=False, format="%d.%m.%Y %H:%M", input_formats=["%d.%m.%Y %H:%M"]
    )
    datetime_raw = serializers.DateTimeField(required=False, format=None)
    date = serializers.DateField(required=False)
    date_null = serializers.DateField(required=False, allow_null=True)
    date_format = serializers.DateField(required=False, format="%d.%m.%Y", input_formats=["%d.%m.%Y", "iso-8601"])
    time = serializers.TimeField(required=False)
    time_null = serializers.TimeField(required=False, allow_null=True)
    time_format = serializers.TimeField(required=False, format="%H.%M", input_formats=["%H.%M"])
    duration = serializers.DurationField(required=False)
    duration_bounded = serializers.DurationField(
        required=False, min_value=timedelta(hours=1), max_value=timedelta(days=1)
    )
    duration_null = serializers.DurationField(required=False, allow_null=True)
    duration_iso = serializers.DurationField(required=False, format="iso-8601")
    duration_raw = serializers.DurationField(required=False, format=None)


class Addresses(serializers.Serializer):
    uuid = serializers.UUIDField(required=False)
    uuid_null = serializers.UUIDField(required=False, allow_null=True)
    uuid_hex = serializers.UUIDField(required=False, format="hex")
    uuid_int = serializers.UUIDField(required=False, format="int")
    uuid_urn = serializers.UUIDField(required=False, format="urn")
    ip = serializers.IPAddressField(required=False)
    ip_null = serializers.IPAddressField(required=False, allow_null=True)
    ipv4 = serializers.IPAddressField(required=False, protocol="IPv4")
    ipv6 = serializers.IPAddressField(required=False, protocol="IPv6")


LETTERS = [("a", "Ay"), ("b", "Bee")]
NUMBERS = [(1, "One"), (2, "Two")]


class Choices(serializers.Serializer):
    letter = serializers.ChoiceField(choices=LETTERS, required=False)
    number = serializers.ChoiceField(choices=NUMBERS, required=False)
    plain = serializers.ChoiceField(["x", "y"], required=False)
    grouped = serializers.ChoiceField([("Few", NUMBERS), ("Many", [(100, "Hundred")])], required=False)
    blank = serializers.ChoiceField(choices=LETTERS, required=False, allow_blank=True)
    null = serializers.ChoiceField(choices=LETTERS, required=False, allow_null=True)
    multiple = serializers.MultipleChoiceField(choices=LETTERS, required=False)
    multiple_numbers = serializers.MultipleChoiceField(choices=NUMBERS, required=False)


class FilledChoices(serializers.Serializer):
    multiple = serializers.MultipleChoiceField(choices=LETTERS, required=False, allow_empty=False)


class Composites(serializers.Serializer):
    list = serializers.ListField(child=serializers.IntegerField(min_value=0), required=False)
    list_bounded = serializers.ListField(child=serializers.IntegerField(), required=False, min_length=1, max_length=2)
    list_filled = serializers.ListField(child=serializers.IntegerField(), required=False, allow_empty=False)
    list_null = serializers.ListField(child=serializers.IntegerField(allow_null=True), required=False, allow_null=True)
    list_texts = serializers.ListField(child=serializers.CharField(max_length=3), required=False)
    list_lists = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()), required=False)
    list_any = serializers.ListField(required=False)
    dict = serializers.DictField(child=serializers.IntegerField(), required=False)
    dict_filled = serializers.DictField(child=serializers.IntegerField(), required=False, allow_empty=False)
    dict_any = serializers.DictField(required=False)
    hstore = serializers.HStoreField(required=False)
    json = serializers.JSONField(required=False)
    json_null = serializers.JSONField(required=False, allow_null=True)
    json_binary = serializers.JSONField(required=False, binary=True)


class Uploads(serializers.Serializer):
    file = serializers.FileField(required=False, use_url=False)
    file_empty = serializers.FileField(required=False, use_url=False, allow_empty_file=True)
    file_short = serializers.FileField(required=False, use_url=False, max_length=10)
    file_null = serializers.FileField(required=False, use_url=False, allow_null=True)
    image = serializers.ImageField(required=False, use_url=False)


class RequiredUpload(serializers.Serializer):
    file = serializers.FileField(use_url=False)


class Sub(serializers.Serializer):
    x = serializers.IntegerField()
    y = serializers.IntegerField(default=7)

    def validate(self, sub):
        if sub.get("x") == 13:
            raise ValidationError("Not this one.", code="unlucky")
        return sub


class Nested(serializers.Serializer):
    sub = Sub(required=False)
    sub_null = Sub(required=False, allow_null=True)
    subs = Sub(required=False, many=True)
    subs_bounded = Sub(required=False, many=True, min_length=1, max_length=2)
    subs_filled = Sub(required=False, many=True, allow_empty=False)
    n = serializers.IntegerField(required=False)


def fail(name, stages):
    if name in stages["fail"]:
        raise ValidationError("This stage fails.", code=name)


def fail_field(stages):
    if "field" in stages["fail"]:
        raise ValidationError({"n": "This field fails."}, code="field")


class Stages(serializers.Serializer):
    """Two object validators, a hook and `validate()`: each fails when `fail` names it."""

    fail = serializers.ListField(child=serializers.CharField(), default=list)
    n = serializers.IntegerField(required=False)

    class Meta:
        validators = [partial(fail, "first"), partial(fail, "second"), fail_field]

    def validate_n(self, n):
        if n == 13:
            raise ValidationError("Not this one.", code="unlucky")
        return n

    def validate(self, stages):
        fail("validate", stages)
        return stages


SHAPES = {
    "text": lambda: ValidationError("text", code="a"),
    "list": lambda: ValidationError(["one", ValidationError("two", code="b").detail[0]], code="a"),
    "dict": lambda: ValidationError({"shape": "text", "other": ["one", "two"]}, code="a"),
    "deep": lambda: ValidationError({"shape": {"inner": ["text"]}}, code="a"),
    "values": lambda: ValidationError({"shape": [1, None, True, 1.5]}),
}


class Shapes(serializers.Serializer):
    """What `validate()` and `validate_hook()` raise for each shape of error."""

    shape = serializers.ChoiceField(list(SHAPES), required=False)
    hook = serializers.ChoiceField(list(SHAPES), required=False)

    def validate_hook(self, hook):
        raise SHAPES[hook]()

    def validate(self, shapes):
        if "shape" in shapes:
            raise SHAPES[shapes["shape"]]()
        return shapes


class ListOfErrors(serializers.ListSerializer):
    """Errors as LIST_SERIALIZER_ERRORS_AS_DICT = False has them, which is not a setting of one view."""

    def to_internal_value(self, data):
        try:
            return super().to_internal_value(data)
        except ValidationError as error:
            if any(isinstance(key, int) for key in error.detail):
                raise ValidationError([error.detail.get(index, {}) for index in range(len(data))]) from None
            raise


class ListedSub(Sub):
    class Meta:
        list_serializer_class = ListOfErrors


class ManyView(EchoView):
    """Answers the rows that it was sent."""

    limits = {}

    def get_serializer(self, *args, **kwargs):
        return super().get_serializer(*args, many=True, **self.limits, **kwargs)


THEMES = {
    "presence": Presence,
    "hooks": Hooks,
    "sources": Sources,
    "texts": Texts,
    "numbers": Numbers,
    "flags": Flags,
    "times": Times,
    "addresses": Addresses,
    "choices": Choices,
    "choices-filled": FilledChoices,
    "composites": Composites,
    "uploads": Uploads,
    "required-upload": RequiredUpload,
    "nested": Nested,
    "stages": Stages,
    "shapes": Shapes,
}
