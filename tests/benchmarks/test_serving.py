"""What the sender counts is what a server was asked."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def test_the_sender_counts_answers_and_errors(tmp_path: Path) -> None:
    asked: Counter[bytes] = Counter()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            with lock:
                asked[body] += 1
                number = asked[body]
            self.send_response(500 if number == 7 else 200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    body = tmp_path / "body"
    body.write_bytes(b'{"rows": []}')
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        command = [sys.executable, "-m", "benchmarks.serving.sender"]
        command += [str(server.server_port), "/predict", str(body), "4", "60"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        server.shutdown()
    found = json.loads(done.stdout)
    assert (found["requests"], found["errors"]) == (60, 1)
    assert asked == {b'{"rows": []}': 60}
    assert 0 < found["p50_ms"] <= found["p99_ms"]
