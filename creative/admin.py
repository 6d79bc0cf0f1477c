"""The producers' admin: people, memberships, brands, projects and policy. Everything else is read-only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest

from creative import audit, policies, policy
from creative.access import Role, holds_role
from creative.models import Brand, Brief, BriefRevision, Event, Membership, Policy, Project, User


class ProducerSite(admin.AdminSite):
    site_header = site_title = "Winnow"
    index_title = "People, brands, models, policy"
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        """Producers, and legal reviewers to agree to a policy version."""
        return holds_role(request.user, Role.PRODUCER) or holds_role(request.user, Role.LEGAL)


site = ProducerSite(name="admin")
site.disable_action("delete_selected")


class Audited(admin.ModelAdmin):
    """What producers keep. Every change is an event in the site's chain; nothing is deleted in bulk."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return holds_role(request.user, Role.PRODUCER)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return holds_role(request.user, Role.PRODUCER)

    has_add_permission = has_module_permission
    has_change_permission = has_view_permission

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        verb = "changed" if change else "added"
        data = {self.opts.model_name: obj.pk, "fields": sorted(form.changed_data)}
        audit.record(None, request.user, f"{self.opts.model_name}.{verb}", **data)  # type: ignore[arg-type]


class ReadOnly(Audited):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(User, site=site)
class PersonAdmin(Audited, UserAdmin):
    """People. Rights come from memberships, never from Django's own flags, which are not shown."""

    add_form = AdminUserCreationForm
    list_display = ("username", "first_name", "last_name", "is_active")
    list_filter = ("is_active",)
    filter_horizontal = ()
    fieldsets = ((None, {"fields": ("username", "password", "first_name", "last_name", "email", "is_active")}),)


@admin.register(Brand, site=site)
class BrandAdmin(Audited):
    list_display = ("name",)


@admin.register(Membership, site=site)
class MembershipAdmin(Audited):
    """Who does what in which project. A role is taken away by deleting its row, one at a time."""

    list_display = ("user", "project", "role")
    list_filter = ("role", "project")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return holds_role(request.user, Role.PRODUCER)

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        data = {"user": obj.user_id, "project": obj.project_id, "role": obj.role}
        super().delete_model(request, obj)
        audit.record(None, request.user, "membership.removed", **data)  # type: ignore[arg-type]


@admin.register(Project, site=site)
class ProjectAdmin(Audited):
    list_display = ("name", "brand", "starts", "ends")
    list_filter = ("brand",)


class PolicyForm(ModelForm):
    class Meta:
        model = Policy
        fields = ("rules",)

    def clean_rules(self) -> str:
        try:
            policy.parse(self.cleaned_data["rules"])
        except policy.PolicyError as error:
            raise ValidationError(str(error)) from error
        return str(self.cleaned_data["rules"])


@admin.register(Policy, site=site)
class PolicyAdmin(ReadOnly):
    """A producer writes versions; a legal reviewer agrees to them by the action below. None is ever changed."""

    form = PolicyForm
    list_display = ("number", "written_by", "written_at", "agreed_by", "agreed_at")
    actions = ("agree",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return holds_role(request.user, Role.PRODUCER)

    def has_agree_permission(self, request: HttpRequest) -> bool:
        return holds_role(request.user, Role.LEGAL)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"rules": policy.SHIPPED}

    def save_model(self, request: HttpRequest, obj: Policy, form: ModelForm, change: bool) -> None:
        written = policies.write(obj.rules, by=request.user)  # type: ignore[arg-type]
        obj.pk, obj.number = written.pk, written.number

    @admin.action(description="Agree: put this version in force", permissions=["agree"])
    def agree(self, request: HttpRequest, queryset: Any) -> None:
        for version in queryset.order_by("number"):
            agreed = policies.agree(version, by=request.user)  # type: ignore[arg-type]
            self.message_user(request, f"{version} is in force." if agreed else f"{version} was agreed to already.")


@admin.register(Event, site=site)
class EventAdmin(ReadOnly):
    list_display = ("scope", "sequence", "action", "actor_id", "at")
    list_filter = ("scope",)
    ordering = ("-id",)


@admin.register(Brief, site=site)
class BriefAdmin(ReadOnly):
    list_display = ("id", "project", "created_by", "created_at")


@admin.register(BriefRevision, site=site)
class BriefRevisionAdmin(ReadOnly):
    list_display = ("brief", "number", "title", "submitted_at")
