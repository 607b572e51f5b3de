"""A provider of OpenID Connect on loopback: real HTTP, real keys, and a memory of what was asked.

It keeps the rules that a client must meet (redirect address, secret, PKCE, codes that count once);
a test may have it say something false.
"""

import base64
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

CLIENT, SECRET = "dalil", "p+ss:w ord/é of some length"
LEILA = {"sub": "u-7", "preferred_username": "Leila.Provider", "groups": ["news"]}


@dataclass
class Asked:
    """A request to the provider: its path, its fields, and its headers."""

    path: str
    fields: dict
    headers: dict = field(default_factory=dict)


class Provider:
    """A provider whose one reader is `person`; `claims` stand in its tokens instead, unless `None`.

    With `asks` somebody has to press a button before they are sent back.
    """

    def __init__(self, secret=SECRET, asks=False):
        self.secret, self.asks = secret, asks
        self.person, self.claims, self.metadata = dict(LEILA), {}, {}
        self.algorithm, self.key = "RS256", RSA
        self.published, self.header, self.told, self.error = [RSA, EC], {}, None, None
        self.codes, self.requests, self.text = {}, [], None
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.provider = self
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}/realms/news"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def asked(self, path):
        return [request for request in self.requests if request.path == path]

    def discovery(self):
        ends = ("authorize", "token", "userinfo", "leave", "keys")
        authorize, token, userinfo, leave, keys = (f"{self.issuer}/{end}" for end in ends)
        return {
            "issuer": self.issuer,
            "authorization_endpoint": authorize,
            "token_endpoint": token,
            "userinfo_endpoint": userinfo,
            "end_session_endpoint": leave,
            "jwks_uri": keys,
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"],
            **self.metadata,
        }

    def let_in(self, fields):
        """Return where a browser that asks with these fields is sent back to."""
        back = fields["redirect_uri"]
        if self.error:
            return f"{back}?{urlencode({'error': self.error, 'state': fields['state']})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = fields
        return f"{back}?{urlencode({'code': code, 'state': fields['state'], 'iss': self.issuer})}"

    def token(self, fields, headers):
        """Return status and body of an answer of the token endpoint."""
        asked = self.codes.pop(fields.get("code"), None)
        if not self.knows(fields, headers):
            return 401, {"error": "invalid_client"}
        challenge = create_s256_code_challenge(fields.get("code_verifier", ""))
        if (
            asked is None
            or asked["redirect_uri"] != fields.get("redirect_uri")
            or asked["code_challenge"] != challenge
        ):
            return 400, {"error": "invalid_grant"}
        body = {"access_token": "access-7", "token_type": "Bearer", "expires_in": 60}
        return 200, body | {"id_token": self.signed(asked["nonce"])}

    def knows(self, fields, headers):
        if self.secret is None:
            return fields.get("client_id") == CLIENT
        if "Authorization" in headers:
            # RFC 6749, section 2.3.1: each half is encoded as in a form.
            pair = base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode()
            return [unquote_plus(half) for half in pair.split(":")] == [CLIENT, self.secret]
        return (fields.get("client_id"), fields.get("client_secret")) == (CLIENT, self.secret)

    def signed(self, nonce):
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": nonce,
            **self.person, **self.claims,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": self.algorithm, "kid": self.key.kid, **self.header}
        header = {name: value for name, value in header.items() if value is not None}
        if self.algorithm == "none":
            return ".".join((part(header), part(claims), ""))
        return jwt.encode(header, claims, self.key, algorithms=[self.algorithm])


def part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def key_of(kind, size, name):
    return kind.generate_key(size, {"kid": name, "use": "sig"})


# Keys take a while to make.
RSA, EC = key_of(RSAKey, 2048, "rsa-1"), key_of(ECKey, "P-256", "ec-1")


class Handler(BaseHTTPRequestHandler):
    """Answers for its server's provider."""

    def do_GET(self):
        address = urlsplit(self.path)
        self.answer(address.path, address.query)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(self.path, body.decode())

    def answer(self, path, query):
        provider = self.server.provider
        fields = {name: values[0] for name, values in parse_qs(query).items()}
        end = path.removeprefix("/realms/news/")
        provider.requests.append(Asked(end, fields, dict(self.headers)))
        if end == ".well-known/openid-configuration":
            self.send(200, provider.discovery())
        elif end == "keys":
            self.send(200, KeySet(provider.published).as_dict())
        elif end == "token":
            self.send(*provider.token(fields, self.headers))
        elif end == "userinfo":
            allowed = self.headers["Authorization"] == "Bearer access-7"
            self.send(200 if allowed else 401, provider.told or {"sub": provider.person["sub"]})
        elif end == "authorize" and provider.asks:
            back = escape(provider.let_in(fields))
            self.page(f'<h1>Provider</h1><a id="allow" href="{back}">Allow</a>')
        elif end == "authorize":
            self.lead(provider.let_in(fields))
        elif end == "leave" and "post_logout_redirect_uri" in fields:
            self.lead(fields["post_logout_redirect_uri"])
        else:
            self.send(404, {})

    def lead(self, address):
        self.send_response(302)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def page(self, body):
        # A browser asks for an icon where a page names none.
        page = f"<!doctype html><link rel=icon href=data:,><title>P</title>{body}"
        self.put(200, "text/html; charset=utf-8", page.encode())

    def send(self, status, value):
        text = self.server.provider.text or json.dumps(value)
        self.put(status, "application/json", text.encode())

    def put(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""
