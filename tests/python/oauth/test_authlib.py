"""Authlib, with nothing but the metadata of the server."""

import pytest
import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata, get_well_known_url

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


def session(app, method=None, **more):
    if method is None:
        method = "client_secret_basic" if app.secret else "none"
    return OAuth2Session(
        app.id,
        app.secret,
        redirect_uri=app.redirect_uri,
        scope="tracker:read tracker:write",
        code_challenge_method="S256",
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
        **more,
    )


def sign_in(client, metadata, person):
    verifier = generate_token(48)
    url, state = client.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=verifier
    )
    location = person.decide(url)
    token = client.fetch_token(
        metadata["token_endpoint"],
        authorization_response=location,
        code_verifier=verifier,
        state=state,
    )
    return token


def test_metadata(base_url, metadata):
    """S-8414-01."""
    url = get_well_known_url(base_url, external=True, suffix="oauth-authorization-server")
    document = AuthorizationServerMetadata(requests.get(url).json())
    document.validate()
    assert document["issuer"] == base_url
    assert document == metadata


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_both_ways_to_authenticate(confidential, metadata, person, myself, method):
    client = session(confidential, method)
    sign_in(client, metadata, person)
    assert myself(client).status_code == 200


def test_code_refresh_and_revocation(app, metadata, person, myself):
    client = session(app)
    token = sign_in(client, metadata, person)
    assert token["token_type"] == "bearer"
    assert token["scope"] == "tracker:read tracker:write"
    assert myself(client).json()["login"]
    old = client.token
    renewed = client.refresh_token(metadata["token_endpoint"])
    assert renewed["access_token"] != old["access_token"]
    assert renewed["refresh_token"] != old["refresh_token"]
    assert myself(client).status_code == 200
    answer = client.revoke_token(
        metadata["revocation_endpoint"], token=renewed["refresh_token"],
        token_type_hint="refresh_token",
    )
    assert answer.status_code == 200
    assert myself(client).status_code == 401


def test_a_replayed_refresh_token_ends_the_family(app, metadata, person, myself):
    """TK-13; T-11."""
    client = session(app)
    first = sign_in(client, metadata, person)
    client.refresh_token(metadata["token_endpoint"])
    with pytest.raises(OAuthError) as caught:
        client.refresh_token(metadata["token_endpoint"], refresh_token=first["refresh_token"])
    assert caught.value.error == "invalid_grant"
    assert myself(client).status_code == 401


def test_introspection(confidential, metadata, person):
    client = session(confidential)
    token = sign_in(client, metadata, person)

    def ask():
        return client.introspect_token(
            metadata["introspection_endpoint"], token=token["access_token"]
        ).json()

    told = ask()
    assert told["active"] is True
    assert told["client_id"] == confidential.id
    assert told["iss"] == metadata["issuer"]
    client.revoke_token(metadata["revocation_endpoint"], token=token["access_token"])
    assert ask() == {"active": False}


def test_device(public_app, metadata, person, myself):
    client = session(public_app)
    begun = requests.post(
        metadata["device_authorization_endpoint"],
        data={"client_id": public_app.id, "scope": "tracker:read"},
    ).json()

    def poll():
        return client.fetch_token(
            metadata["token_endpoint"], grant_type=DEVICE, device_code=begun["device_code"]
        )

    with pytest.raises(OAuthError) as caught:
        poll()
    assert caught.value.error == "authorization_pending"
    person.type_code(begun["verification_uri"], begun["user_code"])
    # The pause between two polls does not count once the person has decided.
    assert poll()["scope"] == "tracker:read"
    assert myself(client).status_code == 200
