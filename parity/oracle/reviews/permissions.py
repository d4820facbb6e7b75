from rest_framework.permissions import SAFE_METHODS, BasePermission


class IsReviewerOrStaff(BasePermission):
    """Others only read."""

    def has_object_permission(self, request, view, review):
        return request.method in SAFE_METHODS or request.user.is_staff or review.reviewer_id == request.user.pk
