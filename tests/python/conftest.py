"""The server under test, and clients of it.

The Rust test official_client.rs sets the environment; by hand:

    TRACKWAY_BASE_URL=http://127.0.0.1:8080 TRACKWAY_TOKEN=... TRACKWAY_ORG_ID=... \\
    TRACKWAY_CLOUD_ORG_ID=... target/python-env/bin/python -m pytest tests/python
"""

import json
import os

import pytest
from yandex_tracker_client import TrackerClient

SERVER = ("TRACKWAY_BASE_URL", "TRACKWAY_TOKEN", "TRACKWAY_ORG_ID", "TRACKWAY_CLOUD_ORG_ID")


def record(response, **_):
    """Writes down what the server said, so that the Rust side can hold it against the contract."""
    line = {
        "method": response.request.method,
        "target": response.request.path_url,
        "status": response.status_code,
        "headers": list(response.headers.items()),
        "body": response.content.decode("utf-8"),
    }
    with open(os.environ["TRACKWAY_RECORD"], "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


@pytest.fixture(scope="session")
def server():
    missing = [name for name in SERVER if not os.environ.get(name)]
    if missing:
        pytest.exit(f"no server to test: {', '.join(missing)} not set", returncode=2)
    return {name.removeprefix("TRACKWAY_").lower(): os.environ[name] for name in SERVER}


@pytest.fixture(scope="session")
def connect(server):
    """Makes a client as the README does, only of another address."""

    def make(**credentials):
        client = TrackerClient(base_url=server["base_url"], **credentials)
        if os.environ.get("TRACKWAY_RECORD"):
            client._connection.session.hooks["response"].append(record)
        return client

    return make


@pytest.fixture(scope="session")
def client(connect, server):
    return connect(token=server["token"], org_id=server["org_id"])


@pytest.fixture(scope="session")
def queues(client):
    found = list(client.queues.get_all())
    assert len(found) >= 3, "the demo has three queues"
    return found


def queue_with_type(queues, key):
    """A queue whose issues may have this type."""
    for queue in queues:
        if key in {kind.key for kind in queue.issuetypes}:
            return queue
    pytest.fail(f"no queue of the demo has the issue type {key}")


@pytest.fixture(scope="session")
def bug_queue(queues):
    return queue_with_type(queues, "bug").key


@pytest.fixture(scope="session")
def task_queue(queues):
    return queue_with_type(queues, "task").key


@pytest.fixture(scope="session")
def big_queue(client, queues):
    """The queue with the most issues, for paging."""
    sizes = {
        queue.key: client.issues.find(filter={"queue": queue.key}, count_only=True) for queue in queues
    }
    key = max(sizes, key=sizes.get)
    assert sizes[key] > 15, sizes
    return key


@pytest.fixture
def issue(client, bug_queue):
    """A fresh issue."""
    return client.issues.create(
        queue=bug_queue,
        summary="API Test Issue",
        type={"name": "Bug"},
        description="test description",
    )


@pytest.fixture(scope="session")
def colleague(client):
    """Somebody of the organisation who is not the caller."""
    me = client.myself.login
    people = (user for user in client.users.get_all() if not getattr(user, "dismissed", False))
    return next(user.login for user in people if user.login != me)
