"""Which addresses are public, and that one that is not rules its host out."""

import threading

import pytest

from corpus.errors import DalilError
from corpus.fetch.addresses import Allowed, ForbiddenError, checked_addresses, resolve

EVERYWHERE = Allowed(hosts=("*",))

# One or more of each range, as the registries have them.
NOT_PUBLIC = [
    "127.0.0.1", "127.8.9.1", "10.1.2.3", "172.16.0.1", "172.31.255.254", "192.168.1.1",
    "169.254.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "0.0.0.0", "0.1.2.3",
    "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.0.1", "192.0.0.192",
    "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.5", "168.63.129.16", "192.88.99.1",
    "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1",
    "3fff::1", "100::1", "2001:10::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1",
    "::ffff:0:7f00:1", "2002:7f00:1::", "2002:a00:1::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::101:101", "2001:0:7f00:1::1", "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "fe80::1%eth0", "2606:4700:4700::1111%1",
]  # fmt: skip
PUBLIC = "1.1.1.1 8.8.8.8 2606:4700:4700::1111 ::ffff:1.1.1.1 64:ff9b::101:101 2002:101:101::1"


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public(address):
    assert not EVERYWHERE.has_address(address)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_a_public_address(address):
    assert EVERYWHERE.has_address(address)


@pytest.mark.parametrize("text", ["", "127.1", "0x7f.0.0.1", "2130706433", "news.example", "1.1.1"])
def test_what_is_no_address_is_not_allowed(text):
    assert not EVERYWHERE.has_address(text)


def test_networks_of_ones_own_are_allowed_where_they_are_named():
    own = Allowed(hosts=("*",), networks=("10.1.0.0/16", "fd00::/8"))
    assert own.has_address("10.1.2.3")
    assert own.has_address("::ffff:10.1.2.3")
    assert own.has_address("fd00::1")
    assert not own.has_address("10.2.2.3")
    # The address that a 6to4 router unpacks is allowed, the packed one is public: both count.
    assert own.has_address("2002:a01:203::1")
    assert not own.has_address("2002:a02:203::1")


def test_hosts_by_name():
    news = Allowed(hosts=("news.example",))
    assert news.has_host("www.news.example.")
    assert not news.has_host("news.example.evil.example")
    assert not news.has_host("badnews.example")
    with pytest.raises(ForbiddenError, match="setting connect does not name other"):
        news.check_host("other.example")
    with pytest.raises(ForbiddenError, match="DALIL_CONNECT"):
        Allowed().check_host("news.example")


@pytest.mark.parametrize("named", ["خبر.example", "xn--ngblk.example"])
def test_hosts_in_other_scripts_are_one_in_both_spellings(named):
    # Settings keep the one, a link that is read the other, and a connection names the first.
    allowed = Allowed(hosts=(named,))
    for host in ("خبر.example", "xn--ngblk.example", "www.خبر.Example."):
        assert allowed.has_host(host)
    assert not allowed.has_host("xn--ngblk.example.net")
    assert not allowed.has_host("a" * 64 + ".example")


def test_one_private_address_among_public_ones_rules_the_host_out():
    asked = []

    def resolver(host, port):
        asked.append(host)
        return ["1.1.1.1", "10.0.0.7"] if host == "mixed.example" else ["1.1.1.1", "8.8.8.8"]

    with pytest.raises(ForbiddenError, match=r"mixed\.example is 10\.0\.0\.7.*connect_private"):
        checked_addresses("mixed.example", 80, EVERYWHERE, resolver, 5)
    found = checked_addresses("news.example", 80, EVERYWHERE, resolver, 5)
    assert (found, asked) == (["1.1.1.1", "8.8.8.8"], ["mixed.example", "news.example"])


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "0"]
)
def test_other_spellings_of_this_machine_are_resolved_and_refused(host):
    # The system's own resolver reads them, as it would for a connection.
    with pytest.raises(DalilError, match=r"no public address|not found"):
        checked_addresses(host, 80, EVERYWHERE, resolve, 5)


def test_a_host_that_is_not_found_or_not_in_time():
    def fails(host, port):
        raise OSError("unknown")

    forever = threading.Event()
    for resolver in (fails, lambda *_: [], lambda *_: forever.wait(5) and []):
        with pytest.raises(DalilError, match="not found"):
            checked_addresses("news.example", 80, EVERYWHERE, resolver, 0.05)
    forever.set()
