"""The journey with Authlib, an OpenID Connect client: `authlib_journey.py WORKSPACE`, such as http://127.0.0.1:8080/w/demo."""

import sys
import time
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc import jwt
from joserfc.jwk import KeySet

CALLBACK = "http://127.0.0.1:9/callback"
# Authlib adds a character set of its own accord, which the platform refuses.
FORM = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}


class LoginForm(HTMLParser):
    """The form that the NHS's own tests fill in."""

    def __init__(self, text):
        super().__init__()
        self.action = None
        self.fields = []
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self._inside = attributes.get("id") == "kc-form-login"
            if self._inside:
                self.action = attributes["action"]
        elif tag == "input" and self._inside:
            self.fields.append(attributes["name"])


def register(workspace):
    platform, name = workspace.split("/w/")
    answer = requests.post(
        f"{platform}/api/v1/workspaces/{name}/applications",
        json={"title": "Authlib", "callback_urls": [CALLBACK], "make_keys": True},
        timeout=60,
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def log_in(browser, address, username):
    """Walks the browser over the login page; the address at which it reaches the application."""
    page = browser.get(address, timeout=30)
    assert page.status_code == 200, page.text
    form = LoginForm(page.text)
    assert form.fields == ["username"], form.fields
    step = browser.post(form.action, data={"username": username}, allow_redirects=False, timeout=30)
    while not step.headers["Location"].startswith(CALLBACK):
        step = browser.get(step.headers["Location"], allow_redirects=False, timeout=30)
    return step.headers["Location"]


def hello(interfaces, whom, token):
    answer = requests.get(
        f"{interfaces}/hello-world/hello/{whom}", headers={"Authorization": f"Bearer {token}"}, timeout=30
    )
    return answer.status_code


def user_journey(interfaces, application, configuration, username, scope):
    client = OAuth2Session(
        application["api_key"],
        application["secret"],
        scope=scope,
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_post",
    )
    verifier = "verifier-" + "0123456789" * 5
    address, state = client.create_authorization_url(
        configuration["authorization_endpoint"], code_verifier=verifier, nonce="n-1"
    )
    back = log_in(requests.Session(), address, username)
    assert parse_qs(urlsplit(back).query)["state"] == [state]
    token = client.fetch_token(
        configuration["token_endpoint"],
        authorization_response=back,
        state=state,
        code_verifier=verifier,
        headers=FORM,
    )
    keys = KeySet.import_key_set(requests.get(configuration["jwks_uri"], timeout=30).json())
    claims = jwt.decode(token["id_token"], keys, algorithms=["RS512"]).claims
    jwt.JWTClaimsRegistry(
        now=int(time.time()),
        leeway=5,
        iss={"essential": True, "value": configuration["issuer"]},
        aud={"essential": True, "value": application["api_key"]},
        nonce={"essential": True, "value": "n-1"},
    ).validate(claims)
    assert hello(interfaces, "user", token["access_token"]) == 200
    assert hello(interfaces, "application", token["access_token"]) == 401
    refreshed = client.refresh_token(configuration["token_endpoint"], refresh_token=token["refresh_token"], headers=FORM)
    assert refreshed["access_token"] != token["access_token"]
    assert hello(interfaces, "user", refreshed["access_token"]) == 200
    if "nhs-login" not in scope:
        assert client.get(configuration["userinfo_endpoint"]).json()["sub"] == claims["sub"] == username
    ended = requests.get(
        configuration["end_session_endpoint"], params={"id_token_hint": token["id_token"]}, timeout=30
    )
    assert ended.status_code == 200, ended.text
    assert hello(interfaces, "user", refreshed["access_token"]) == 401


def application_journey(interfaces, application, configuration):
    client = OAuth2Session(
        application["api_key"],
        application["made"]["private_key"],
        token_endpoint_auth_method="private_key_jwt",
    )
    proof = PrivateKeyJWT(
        configuration["token_endpoint"],
        claims={"exp": int(time.time()) + 240},
        headers={"kid": application["made"]["kid"], "typ": "JWT"},
        alg="RS512",
    )
    client.register_client_auth_method(proof)
    token = client.fetch_token(configuration["token_endpoint"], grant_type="client_credentials", headers=FORM)
    assert hello(interfaces, "application", token["access_token"]) == 200
    assert hello(interfaces, "user", token["access_token"]) == 401
    with_key = requests.get(
        f"{interfaces}/hello-world/hello/application", headers={"apikey": application["api_key"]}, timeout=30
    )
    assert with_key.status_code == 200, with_key.text


def main():
    workspace = sys.argv[1]
    interfaces = f"{workspace}/nhs/int"
    application = register(workspace)
    issuer = f"{interfaces}/oauth2"
    configuration = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=30).json()
    assert configuration["issuer"] == issuer, configuration
    user_journey(interfaces, application, configuration, "656005750104", "openid nhs-cis2")
    user_journey(interfaces, application, configuration, "9912003071", "openid nhs-login")
    application_journey(interfaces, application, configuration)
    print("Authlib logged a clinician, a patient and an application in")


if __name__ == "__main__":
    main()
