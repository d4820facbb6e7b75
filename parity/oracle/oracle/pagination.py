from rest_framework.pagination import LimitOffsetPagination, PageNumberPagination


class LimitOffset(LimitOffsetPagination):
    max_limit = 100


class PageNumber(PageNumberPagination):
    page_size_query_param = "page_size"
    max_page_size = 100
