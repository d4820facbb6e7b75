from rest_framework.permissions import BasePermission


class MayAddCopies(BasePermission):
    def has_permission(self, request, view):
        return request.user.has_perm("holdings.add_copy")
