"""The part of scripts/client-throughput that the official Python client does; see there.

Prints the same line of JSON as crates/client/examples/throughput.rs.
"""

import json
import os
import sys
import tempfile
import time

from yandex_tracker_client import TrackerClient


def main():
    issues, creates, key, file, name, downloads = sys.argv[1:]
    client = TrackerClient(
        token=os.environ["TRACKER_TOKEN"],
        org_id=os.environ["TRACKER_ORG"],
        base_url=os.environ["TRACKER_URL"],
        timeout=600,
    )
    queue = key.rsplit("-", 1)[0]

    wanted, iterated = int(issues), 0
    start = time.perf_counter()
    for issue in client.issues.find('"Sort By": Key ASC', per_page=100):
        iterated += 1 if issue.key else 0
        if iterated >= wanted:
            break
    iterate = time.perf_counter() - start

    start = time.perf_counter()
    for n in range(int(creates)):
        client.issues.create(queue=queue, summary=f"Throughput {n}")
    create = time.perf_counter() - start

    attachment = next(a for a in client.issues[key].attachments if str(a.id) == file)
    total = 0
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(int(downloads)):
            attachment.download_to(folder)
            total += os.path.getsize(os.path.join(folder, name))
    download = time.perf_counter() - start
    print(json.dumps({
        "iterated": iterated, "iterate": iterate, "created": int(creates), "create": create,
        "bytes": total, "download": download,
    }))


main()
