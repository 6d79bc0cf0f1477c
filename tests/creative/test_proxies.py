from ipaddress import ip_network

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse

from creative import environment, proxies
from creative.settings import env

OURS = [ip_network("127.0.0.1"), ip_network("10.0.0.0/8"), ip_network("::1")]


@pytest.fixture(autouse=True)
def ours(settings):
    settings.TRUSTED_PROXIES = OURS


def meta_after(**meta):
    request = HttpRequest()
    request.META.update(meta)
    proxies.TrustedProxyMiddleware(lambda request: HttpResponse())(request)
    return request.META


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),  # the left one the client wrote itself
        ("127.0.0.1", "203.0.113.9, 10.1.2.3", "203.0.113.9"),  # two proxies of ours
        ("127.0.0.1", "203.0.113.9, unknown", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("::1", "2001:db8::7", "2001:db8::7"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
    ],
)
def test_the_address_is_the_nearest_that_is_no_proxy_of_ours(peer, forwarded, client):
    assert meta_after(REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)["REMOTE_ADDR"] == client


def test_what_a_stranger_says_of_its_way_is_forgotten():
    told = dict.fromkeys(proxies.FORWARDED, "https")

    assert not set(proxies.FORWARDED) & set(meta_after(REMOTE_ADDR="203.0.113.9", **told))
    assert meta_after(REMOTE_ADDR="10.9.9.9", **told)["HTTP_X_FORWARDED_PROTO"] == "https"


def test_a_proxy_that_is_no_address_is_named(monkeypatch):
    monkeypatch.setenv("TRUSTED_PROXIES", "10.0.0.1, proxy.internal")
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES"):
        environment.networks(env, "TRUSTED_PROXIES", default="")
