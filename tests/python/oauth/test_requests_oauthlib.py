"""requests-oauthlib, on oauthlib."""

import pytest
import requests
from oauthlib.oauth2 import (
    AccessDeniedError,
    DeviceClient,
    InvalidGrantError,
    MissingTokenError,
    WebApplicationClient,
)
from oauthlib.oauth2.rfc6749.errors import CustomOAuth2Error
from requests_oauthlib import OAuth2Session

SCOPE = ["tracker:read", "tracker:write"]


def told(location):
    """The library reads no answer by plain HTTP, which on this machine is what programs get."""
    return location.replace("http://127.0.0.1", "https://127.0.0.1")


def session(app):
    return OAuth2Session(app.id, redirect_uri=app.redirect_uri, scope=SCOPE, pkce="S256")


def sign_in(client, app, metadata, person):
    url, _ = client.authorization_url(metadata["authorization_endpoint"])
    return client.fetch_token(
        metadata["token_endpoint"],
        authorization_response=told(person.decide(url)),
        client_secret=app.secret,
        include_client_id=True,
    )


def test_code_and_refresh(app, metadata, person, myself):
    client = session(app)
    token = sign_in(client, app, metadata, person)
    assert sorted(token["scope"]) == sorted(SCOPE)
    assert myself(client).status_code == 200
    secret = {"client_secret": app.secret} if app.secret else {}
    renewed = client.refresh_token(metadata["token_endpoint"], client_id=app.id, **secret)
    assert renewed["refresh_token"] != token["refresh_token"]
    assert myself(client).status_code == 200


def test_a_code_is_good_once(app, metadata, person, myself):
    """TK-05; T-05."""
    client = session(app)
    url, _ = client.authorization_url(metadata["authorization_endpoint"])
    location = told(person.decide(url))
    more = {"client_secret": app.secret, "include_client_id": True}
    client.fetch_token(metadata["token_endpoint"], authorization_response=location, **more)
    assert myself(client).status_code == 200
    again = session(app)
    again._state, again._code_verifier = client._state, client._code_verifier
    with pytest.raises(InvalidGrantError):
        again.fetch_token(metadata["token_endpoint"], authorization_response=location, **more)
    assert myself(client).status_code == 401


def test_another_verifier(app, metadata, person):
    """TK-06; T-04."""
    client = session(app)
    url, _ = client.authorization_url(metadata["authorization_endpoint"])
    location = told(person.decide(url))
    client._code_verifier = "a" * 43
    with pytest.raises(InvalidGrantError):
        client.fetch_token(
            metadata["token_endpoint"], authorization_response=location,
            client_secret=app.secret, include_client_id=True,
        )


def test_a_refusal(app, metadata, person):
    client = session(app)
    url, _ = client.authorization_url(metadata["authorization_endpoint"])
    with pytest.raises(AccessDeniedError):
        client.fetch_token(
            metadata["token_endpoint"], authorization_response=told(person.decide(url, "deny"))
        )


def test_revocation(app, metadata, person, myself):
    client = session(app)
    token = sign_in(client, app, metadata, person)
    url, headers, body = WebApplicationClient(app.id).prepare_token_revocation_request(
        metadata["revocation_endpoint"], token["access_token"]
    )
    auth = (app.id, app.secret) if app.secret else None
    body = body if auth else f"{body}&client_id={app.id}"
    assert requests.post(url, data=body, headers=headers, auth=auth).status_code == 200
    assert myself(client).status_code == 401


def test_device(public_app, metadata, person, myself):
    client = OAuth2Session(client=DeviceClient(public_app.id), scope=["tracker:read"])
    begun = requests.post(
        metadata["device_authorization_endpoint"],
        data={"client_id": public_app.id, "scope": "tracker:read"},
    ).json()

    def poll():
        return client.fetch_token(
            metadata["token_endpoint"], device_code=begun["device_code"], include_client_id=True
        )

    with pytest.raises((CustomOAuth2Error, MissingTokenError)) as caught:
        poll()
    assert "authorization_pending" in str(caught.value)
    person.type_code(begun["verification_uri"], begun["user_code"])
    assert poll()["access_token"]
    assert myself(client).status_code == 200
