"""Signing in, and choosing a password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from creative import demo, passwords, sign_in_limits
from creative.forms import SignInForm
from creative.http import Request, done, own_page
from creative.models import Membership


@method_decorator(login_not_required, name="dispatch")
class SignIn(auth.LoginView):
    template_name = "creative/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = [] if settings.PRODUCTION else demo.PEOPLE
        return super().get_context_data(people=people, password=demo.PASSWORD if people else "", **kwargs)

    def form_invalid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        response = super().form_invalid(form)
        response.status_code = form.status
        if form.wait:
            response.headers["Retry-After"] = str(form.wait)
        return response

    def form_valid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        response = super().form_valid(form)
        sign_in_limits.know(response, form.get_user().get_username())
        return response

    def get_success_url(self) -> str:
        """Who signs in with a password that somebody else typed chooses one of their own first."""
        chose = not self.request.user.is_authenticated or self.request.user.password_set_at
        return super().get_success_url() if chose else reverse("creative:password")


class SignOut(auth.LogoutView):
    """Whoever comes to this browser next finds no page and no picture of before. Words that were not sent stay."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        response = super().post(request, *args, **kwargs)
        response.headers["Clear-Site-Data"] = '"cache"'
        return response


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """Through a one-time link: choose a password, and be signed in with it."""
    person = passwords.owner_of(key, token)
    if person is None:
        return render(request, "creative/no_link.html", status=404)
    form = SetPasswordForm(person, _posted(request))
    if not form.is_valid():
        return _form(request, "creative/welcome.html", form, person=person)
    passwords.choose(person, form.cleaned_data["new_password1"], token=token)
    person.refresh_from_db()
    login(request, person, "django.contrib.auth.backends.ModelBackend")
    return done(request, _("Welcome. Your password is set."), reverse("creative:account"))  # type: ignore[arg-type]


@login_not_required
def out_of_date(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form with the token of an earlier session: nothing of it is taken, and its page has a new one."""
    back = own_page(request, request.headers.get("Referer", ""))
    response = render(request, "403_csrf.html", {"back": back}, status=403)
    response.headers["X-CSRF-Stale"] = "1"  # no question of a role: static/js/token.js
    return response


@require_safe
def token(request: Request) -> HttpResponse:
    """Whose session it is, and what the forms of an open page send from now on: signing in again changes it."""
    return JsonResponse({"person": request.user.pk, "token": get_token(request)})


@require_safe
def account(request: Request) -> HttpResponse:
    mine = Membership.objects.filter(user=request.user).select_related("project", "given_by", "confirmed_by")
    return render(request, "creative/account.html", {"memberships": mine.order_by("project__name")})


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: Request) -> HttpResponse:
    form = PasswordChangeForm(request.user, _posted(request))
    if not form.is_valid():
        return _form(request, "creative/password.html", form)
    passwords.change(request.user, form.cleaned_data["new_password1"])
    update_session_auth_hash(request, request.user)
    return done(request, _("Your new password is set. Other browsers are signed out."), reverse("creative:account"))


def _form(request: HttpRequest, template: str, form: Form, **more: Any) -> HttpResponse:
    """To be filled in, or to be mended."""
    return render(request, template, {"form": form, **more}, status=422 if form.is_bound else 200)


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None
