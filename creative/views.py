from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.utils.decorators import method_decorator

from creative import demo


@method_decorator(login_not_required, name="dispatch")
class SignIn(auth.LoginView):
    template_name = "creative/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = [] if settings.PRODUCTION else demo.PEOPLE
        return super().get_context_data(people=people, password=demo.PASSWORD if people else "", **kwargs)
