"""The producers' admin: people, memberships, brands, projects and policy. Everything else is read-only."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from creative import brands, members, people, policy, projects, stages
from creative.access import holds_role, holds_stage
from creative.models import Brand, Brief, BriefRevision, Event, Membership, Policy, Project, User
from creative.policy import versions
from creative.roles import Role


class ProducerSite(admin.AdminSite):
    site_header = site_title = "Winnow"
    index_title = "People, brands, models, policy"
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        """Producers, and legal reviewers to agree to a policy version."""
        return holds_role(request.user, Role.PRODUCER) or holds_stage(request.user, stages.LEGAL)

    def admin_view(self, view: Callable[..., HttpResponseBase], cacheable: bool = False) -> Any:
        """Whoever is signed in and has no business here is told so, rather than asked to sign in again."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def admitted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not self.has_permission(request):
                raise PermissionDenied
            return inner(request, *args, **kwargs)

        return admitted

    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one page to sign in, and it counts wrong passwords."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        index = reverse("admin:index")
        return redirect(index) if request.user.is_authenticated else redirect_to_login(request.GET.get("next", index))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        with transaction.atomic():
            response = super().password_change(request, extra_context)
            if response.status_code == 302:
                people.password_changed(person(request).pk, by=person(request))
        return response


def person(request: HttpRequest) -> User:
    """Who is signed in, as everybody here is."""
    return cast(User, request.user)


site = ProducerSite(name="admin")
site.disable_action("delete_selected")


class Kept(admin.ModelAdmin):  # type: ignore[type-arg]  # of whichever model; Django's has no [] at run time
    """What producers keep, added and changed by its verbs; nothing is deleted in bulk."""

    view_on_site = False
    add: ClassVar[Callable[..., Model]]
    change: ClassVar[Callable[..., object]]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return holds_role(request.user, Role.PRODUCER)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return holds_role(request.user, Role.PRODUCER)

    has_add_permission = has_module_permission
    has_change_permission = has_view_permission

    def get_list_select_related(self, request: HttpRequest) -> list[str]:
        """What the list names, and no further: Django's own choice joins everything that hangs on it."""
        relations = {field.name for field in self.opts.get_fields() if field.many_to_one}
        return [name for name in self.list_display if name in relations]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:
        """By the verb, which checks and tells: of a row that stands, what this form changed, and nothing besides."""
        by = person(request)
        if change:
            self.change(obj, by=by, **{name: form.cleaned_data[name] for name in form.changed_data})
        else:
            self.add(obj, by=by)


class ReadOnly(Kept):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(User, site=site)
class PersonAdmin(Kept, UserAdmin):  # type: ignore[type-arg]
    """People. Rights come from memberships, never from Django's own flags, which are not shown."""

    add, change = staticmethod(people.add), staticmethod(people.change)
    add_form = AdminUserCreationForm
    list_display = ("username", "first_name", "last_name", "is_active")
    list_filter = ("is_active",)
    filter_horizontal = ()
    fieldsets = ((None, {"fields": ("username", "password", "first_name", "last_name", "email", "is_active")}),)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        with transaction.atomic():
            response = super().user_change_password(request, id, form_url)
            if request.method == "POST" and response.status_code == 302:
                people.password_changed(int(id), by=person(request))
        return response


@admin.register(Brand, site=site)
class BrandAdmin(Kept):
    add, change = staticmethod(brands.add), staticmethod(brands.change)
    list_display = ("name",)


@admin.register(Membership, site=site)
class MembershipAdmin(Kept):
    """Who does what in which project. A role is taken away by deleting its row, one at a time."""

    list_display = ("user", "project", "role", "stage")
    list_filter = ("role", "project")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return holds_role(request.user, Role.PRODUCER)

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        return ("user", "project") if obj else ()

    def save_model(self, request: HttpRequest, obj: Membership, form: ModelForm[Any], change: bool) -> None:
        words = {"role": obj.role, "stage": obj.stage}
        if change:
            members.change(obj, by=person(request), **words)
        else:
            obj.pk = members.add(obj.project, by=person(request), user=obj.user, **words).pk

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        members.remove(obj, by=person(request))


@admin.register(Project, site=site)
class ProjectAdmin(Kept):
    add, change = staticmethod(projects.add), staticmethod(projects.change)
    list_display = ("name", "brand", "starts", "ends")
    list_filter = ("brand",)


class PolicyForm(ModelForm):  # type: ignore[type-arg]
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
        return holds_stage(request.user, stages.LEGAL)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"rules": policy.SHIPPED}

    def save_model(self, request: HttpRequest, obj: Policy, form: ModelForm[Policy], change: bool) -> None:
        written = versions.write(obj.rules, by=person(request))
        obj.pk, obj.number = written.pk, written.number

    @admin.action(description="Agree: put this version in force", permissions=["agree"])
    def agree(self, request: HttpRequest, queryset: Any) -> None:
        for version in queryset.order_by("number"):
            agreed = versions.agree(version, by=person(request))
            current, _ = versions.in_force()
            outcome = "is in force" if current == version.number else f"is agreed to; policy {current} is in force"
            self.message_user(request, f"{version} {outcome if agreed else 'was agreed to already'}.")


@admin.register(Event, site=site)
class EventAdmin(ReadOnly):
    list_display = ("scope", "sequence", "act", "brief_id", "actor_id", "at")
    list_filter = ("scope",)
    ordering = ("-id",)


@admin.register(Brief, site=site)
class BriefAdmin(ReadOnly):
    list_display = ("id", "project", "created_by", "created_at")


@admin.register(BriefRevision, site=site)
class BriefRevisionAdmin(ReadOnly):
    list_display = ("brief", "number", "title", "submitted_at")
