"""A cluster of Qdrant on loopback: its REST paths over its own core, members, shards and copies.

It speaks real HTTP, so that the client's requests are read as a server would read them, and keeps
the rules that a cluster has: a write that a member down should have had is an error though others
have it, a snapshot holds the shards of one member, and an empty copy that is there wins over a
snapshot unless the snapshot is preferred.  Nothing here shows how the real one behaves.
"""

import json
import pickle
import re
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle, islice
from urllib.parse import parse_qs, urlsplit

import numpy as np

from index.qdrant.edge import EdgeTransport
from index.qdrant.transport import OUTLET, PUBLISHED, TOKENS, Condition, Leg, Point, Sparse

_ANYWHERE = "/collections/([^/]+)"
_SETTINGS = {
    "hnsw_config": {"m": 16, "ef_construct": 100, "full_scan_threshold": 10_000},
    "optimizer_config": {"default_segment_number": 0, "flush_interval_sec": 5},
}


class Cluster:
    """`members` servers over one collection in `folder`; a file "down-2" there stops member 2.

    `made` counts collections that were made, `written` points; `lag` seconds a write takes.
    """

    def __init__(self, folder, members=3, lag=0.0):
        self.folder, self.lag = folder, lag
        self.made = self.written = 0
        self.lock = threading.RLock()
        self.transport, self.params, self.points, self.snapshots = None, {}, {}, {}
        self.servers = [self._serve(number) for number in range(members)]
        self.addresses = [f"http://127.0.0.1:{s.server_address[1]}" for s in self.servers]

    def _serve(self, number):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.cluster, server.number, server.daemon_threads = self, number, True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return server

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        for server in self.servers:
            server.shutdown()
            server.server_close()
        if self.transport is not None:
            self.transport.close()

    def down(self, number):
        return (self.folder / f"down-{number}").exists()

    def copies(self):
        """The members that have each shard, in turns."""
        turns = cycle(range(len(self.servers)))
        replicas = min(self.params["replication_factor"], len(self.servers))
        return [[*islice(turns, replicas)] for _ in range(self.params["shard_number"])]

    def there(self):
        return self.transport is not None

    def create(self, body):
        self.made += 1
        self.params = {
            "vectors": body["vectors"], "shard_number": body.get("shard_number", 1),
            "replication_factor": body.get("replication_factor", 1),
            "write_consistency_factor": body.get("write_consistency_factor", 1),
        }  # fmt: skip
        self.transport = EdgeTransport(self.folder / "points")
        self.transport.prepare(body["vectors"]["dense"]["size"])

    def drop(self):
        self.transport.drop()
        self.transport.close()
        self.transport, self.points = None, {}

    def write(self, points):
        """Take points, and say whether as many copies as the collection asks for have them."""
        self.transport.upsert(points)
        self.points |= {point.id: point for point in points}
        self.written += len(points)
        return self.confirmed(point.id for point in points)

    def confirmed(self, ids):
        copies, factor = self.copies(), self.params["write_consistency_factor"]
        up = [sum(not self.down(member) for member in of) for of in copies]
        return all(up[number % len(copies)] >= factor for number in ids)

    def snapshot(self, member):
        held = {number for number, of in enumerate(self.copies()) if member in of}
        shards = self.params["shard_number"]
        points = [p for p in self.points.values() if p.id % shards in held]
        return pickle.dumps((self.params, points))


class Handler(BaseHTTPRequestHandler):
    """Requests to one member."""

    def log_message(self, *_):
        pass

    def answer(self):
        cluster, url = self.server.cluster, urlsplit(self.path)
        length = int(self.headers.get("content-length", 0))
        self.body = self.rfile.read(length) if length else b""
        if cluster.down(self.server.number):
            # As if nobody listened.
            self.close_connection = True
            return
        self.asked = parse_qs(url.query)
        for method, pattern, do in PATHS:
            found = re.fullmatch(pattern, url.path)
            if found and method == self.command:
                with cluster.lock:
                    result = do(self, cluster)
                if do is Handler.upsert:
                    time.sleep(cluster.lag)
                self.tell(*result)
                return
        self.tell(404, f"no path {self.command} {url.path}")

    do_GET = do_PUT = do_POST = do_DELETE = answer  # noqa: N815

    def tell(self, code, result):
        if isinstance(result, bytes):
            data = result
        elif code == 200:
            data = json.dumps({"result": result, "status": "ok", "time": 0.0}).encode()
        else:
            data = json.dumps({"status": {"error": result}, "time": 0.0}).encode()
        self.send_response(code)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    @property
    def json(self):
        return json.loads(self.body)

    def info(self, _):
        data = {"title": "qdrant - vector search engine", "version": "0.0.0", "commit": "0"}
        return 200, json.dumps(data).encode()

    def members(self, cluster):
        peers = {str(n): {"uri": address} for n, address in enumerate(cluster.addresses, 1)}
        raft = {"term": 1, "commit": 1, "pending_operations": 0, "is_voter": True}
        working = {"consensus_thread_status": "working", "last_update": "2026-01-01T00:00:00Z"}
        return 200, {
            "status": "enabled", "peer_id": 1 + self.server.number, "peers": peers,
            "raft_info": raft, "consensus_thread_status": working, "message_send_failures": {},
        }  # fmt: skip

    def exists(self, cluster):
        return 200, {"exists": cluster.there()}

    def create(self, cluster):
        cluster.create(self.json)
        return 200, True

    def drop(self, cluster):
        if cluster.there():
            cluster.drop()
        return 200, True

    def described(self, cluster):
        config = {"params": cluster.params, **_SETTINGS}
        return 200, {
            "status": "green", "optimizer_status": "ok", "segments_count": 1,
            "config": config, "payload_schema": {},
        }  # fmt: skip

    def shards(self, cluster):
        if not cluster.there():
            return 404, "Not found: Collection doesn't exist!"
        here, local, remote = self.server.number, [], []
        for shard, of in enumerate(cluster.copies()):
            for member in of:
                state = "Dead" if cluster.down(member) else "Active"
                one = {"shard_id": shard, "state": state}
                if member == here:
                    local.append({**one, "points_count": 0})
                else:
                    remote.append({**one, "peer_id": 1 + member})
        return 200, {
            "peer_id": 1 + here, "shard_count": len(cluster.copies()), "local_shards": local,
            "remote_shards": remote, "shard_transfers": [],
        }  # fmt: skip

    def index(self, _):
        return 200, {"operation_id": 0, "status": "completed"}

    def upsert(self, cluster):
        done = cluster.write([_point(point) for point in self.json["points"]])
        return self._written(done)

    def delete(self, cluster):
        ids = self.json["points"]
        cluster.transport.delete(ids)
        for number in ids:
            cluster.points.pop(number, None)
        return self._written(cluster.confirmed(ids))

    def _written(self, done):
        if done:
            return 200, {"operation_id": 0, "status": "completed"}
        return 500, "Service internal error: 1 of 2 replicas failed to apply operation"

    def query(self, cluster):
        legs = [_leg(one) for one in self.json["searches"]]
        found = cluster.transport.search(legs)
        return 200, [
            {"points": [{"id": number, "version": 0, "score": score} for number, score in hits]}
            for hits in found
        ]

    def retrieve(self, cluster):
        (field,) = self.json["with_payload"]
        found = cluster.transport.fetch(self.json["ids"], field)
        return 200, [{"id": number, "payload": {field: text}} for number, text in found.items()]

    def count(self, cluster):
        if not (conditions := (self.json.get("filter") or {}).get("must")):
            return 200, {"count": len(cluster.transport)}
        ((key, match),) = [(one["key"], one["match"]["any"]) for one in conditions]
        assert key == TOKENS
        return 200, {"count": cluster.transport.count_with(match)}

    def make_snapshot(self, cluster):
        name = f"{len(cluster.snapshots)}.snapshot"
        cluster.snapshots[name] = cluster.snapshot(self.server.number)
        return 200, {"name": name, "size": len(cluster.snapshots[name])}

    def send_snapshot(self, cluster):
        return 200, cluster.snapshots[self.path.rpartition("/")[2]]

    def drop_snapshot(self, cluster):
        return 200, cluster.snapshots.pop(urlsplit(self.path).path.rpartition("/")[2]) and True

    def recover(self, cluster):
        boundary = self.headers["content-type"].partition("boundary=")[2].encode()
        sent = self.body.split(b"\r\n\r\n", 1)[1].rpartition(b"\r\n--" + boundary)[0]
        params, points = pickle.loads(sent)
        if not cluster.there():
            cluster.create(params)
        if self.asked["priority"] == ["snapshot"]:
            cluster.write(points)
        return 200, True


PATHS = [
    ("GET", "/", Handler.info),
    ("GET", "/cluster", Handler.members),
    ("GET", f"{_ANYWHERE}/exists", Handler.exists),
    ("GET", _ANYWHERE, Handler.described),
    ("PUT", _ANYWHERE, Handler.create),
    ("DELETE", _ANYWHERE, Handler.drop),
    ("GET", f"{_ANYWHERE}/cluster", Handler.shards),
    ("PUT", f"{_ANYWHERE}/index", Handler.index),
    ("PUT", f"{_ANYWHERE}/points", Handler.upsert),
    ("POST", f"{_ANYWHERE}/points/delete", Handler.delete),
    ("POST", f"{_ANYWHERE}/points/query/batch", Handler.query),
    ("POST", f"{_ANYWHERE}/points", Handler.retrieve),
    ("POST", f"{_ANYWHERE}/points/count", Handler.count),
    ("POST", f"{_ANYWHERE}/snapshots", Handler.make_snapshot),
    ("POST", f"{_ANYWHERE}/snapshots/upload", Handler.recover),
    ("GET", f"{_ANYWHERE}/snapshots/([^/]+)", Handler.send_snapshot),
    ("DELETE", f"{_ANYWHERE}/snapshots/([^/]+)", Handler.drop_snapshot),
]


def _vector(given):
    if isinstance(given, dict):
        keys, values = (np.array(given[name]) for name in ("indices", "values"))
        return Sparse(keys.astype(np.uint32), values.astype(np.float32))
    return np.array(given, np.float32)


def _point(given):
    vectors = dict(given["vector"])
    dense = _vector(vectors.pop("dense"))
    sparse = {name: _vector(vector) for name, vector in vectors.items()}
    return Point(given["id"], dense, sparse, given["payload"])


def _leg(given):
    exact = bool((given.get("params") or {}).get("exact", True))
    condition = _condition((given.get("filter") or {}).get("must") or [])
    asked = given["query"]
    vector = _vector(asked["nearest"] if isinstance(asked, dict) else asked)
    return Leg(given["using"], vector, given["limit"], condition, exact)


def _condition(must):
    held = defaultdict(list)
    for one in must:
        held[one["key"]].append(one.get("range") or one["match"])
    days = held.get(PUBLISHED, [{}])[0]
    outlets = tuple(tuple(match["any"]) for match in held.get(OUTLET, []))
    (script,) = [match["value"] for match in held.get("script", [])] or [None]
    return Condition(_day(days.get("gte")), _day(days.get("lte")), outlets, script)


def _day(given):
    return None if given is None else int(given)
