"""What producers of the site keep: accounts, brands, projects and policy. Everything else is read-only.

Roles are given on the pages of people (`creative.views.people`), and no password is typed here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from creative import brands, passwords, people, policy, projects
from creative.access import agrees_for_site, keeps_site
from creative.models import Brand, Brief, BriefRevision, Event, Policy, Project, User
from creative.policy import versions


class ProducerSite(admin.AdminSite):
    site_header = site_title = "Winnow"
    index_title = "People, brands, models, policy"
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        """Producers of the site, and its legal reviewers to agree to a policy version."""
        return keeps_site(request.user) or agrees_for_site(request.user)

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
        """There is one page for everybody."""
        return redirect("creative:password")


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
        return keeps_site(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return keeps_site(request.user)

    has_add_permission = has_module_permission
    has_change_permission = has_view_permission

    def get_list_select_related(self, request: HttpRequest) -> list[str]:
        """What the list names, and no further: Django's own choice joins everything that hangs on it."""
        relations = {field.name for field in self.opts.get_fields() if field.many_to_one}
        return [name for name in self.list_display if name in relations]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """What the list's own filters ask, and nothing besides: a regular expression may hold the database."""
        name, _, way = lookup.partition("__")
        return name in self.get_list_filter(request) and way in ("", "exact", "id__exact", "isnull")

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
class PersonAdmin(Kept):
    """Accounts. A password is chosen by its owner, through a link that is good once."""

    add, change = staticmethod(people.add), staticmethod(people.change)
    list_display = ("username", "first_name", "last_name", "is_active", "password_set_at")
    list_filter = ("is_active",)
    search_fields = ("username", "first_name", "last_name")
    ordering = ("username",)
    fields = ("username", "first_name", "last_name", "email", "is_active")
    actions = ("give_link",)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A user name is normalised, as on the page to sign in."""
        if db_field.name == "username":
            kwargs["form_class"] = UsernameField
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            self._give(request, obj)

    @admin.action(description="Give a link to choose a password", permissions=["change"])
    def give_link(self, request: HttpRequest, queryset: Any) -> None:
        for each in queryset:
            self._give(request, each)

    def _give(self, request: HttpRequest, to: User) -> None:
        link = request.build_absolute_uri(passwords.give_link(to, by=person(request)))
        self.message_user(
            request,
            f"For {to}, good once and for three days: {link} — hand it over yourself. Rights to sign that they hold "
            "wait again for a second person once it is used.",
        )


@admin.register(Brand, site=site)
class BrandAdmin(Kept):
    """Its name. Its kit has a page of its own."""

    add, change = staticmethod(brands.add), staticmethod(brands.change)
    list_display = ("name",)

    def get_readonly_fields(self, request: HttpRequest, obj: Brand | None = None) -> tuple[str, ...]:
        return ("its_kit",) if obj else ()

    @admin.display(description="Kit")
    def its_kit(self, brand: Brand) -> str:
        return format_html('<a href="{}">Version {}</a>', brand.get_absolute_url(), brand.kit.number)


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
        return keeps_site(request.user)

    def has_agree_permission(self, request: HttpRequest) -> bool:
        return agrees_for_site(request.user)

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
