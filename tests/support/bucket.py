"""A bucket for tests: the part of the S3 protocol that a reader uses, over files of a folder."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET = "series"


class _Handler(BaseHTTPRequestHandler):
    """Lists the bucket, and gives parts of its files."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments: Any, folder: Path) -> None:
        self.folder = folder
        super().__init__(*arguments)

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if "list-type" in parse_qs(address.query):
            self._answer(200, self._listing(parse_qs(address.query).get("prefix", [""])[0]), "application/xml")
        else:
            self._file(address.path)

    do_HEAD = do_GET  # noqa: N815 (the name that the server calls)

    def _listing(self, prefix: str) -> bytes:
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        names = {path.relative_to(self.folder).as_posix(): path.stat().st_size for path in files}
        entries = "".join(
            f"<Contents><Key>{escape(name)}</Key><LastModified>2026-11-28T00:00:00.000Z</LastModified><ETag>1</ETag>"
            f"<Size>{size}</Size></Contents>"
            for name, size in names.items()
            if name.startswith(prefix)
        )
        return (
            f"<ListBucketResult><Name>{BUCKET}</Name><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>".encode()
        )

    def _file(self, path: str) -> None:
        file = self.folder / unquote(path).removeprefix(f"/{BUCKET}/")
        if not file.is_file():
            self._answer(404, b"", "text/plain")
            return
        data = file.read_bytes()
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if asked is None:
            self._answer(200, data, "application/octet-stream")
            return
        first = int(asked[1]) if asked[1] else max(0, len(data) - int(asked[2]))
        last = min(int(asked[2]), len(data) - 1) if asked[1] and asked[2] else len(data) - 1
        span = f"bytes {first}-{last}/{len(data)}"
        self._answer(206, data[first : last + 1], "application/octet-stream", span)

    def _answer(self, code: int, body: bytes, kind: str, span: str | None = None) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", "1")
        self.send_header("Last-Modified", "Sat, 28 Nov 2026 00:00:00 GMT")
        if span is not None:
            self.send_header("Content-Range", span)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Print nothing."""


@contextmanager
def served_bucket(folder: Path) -> Iterator[dict[str, str]]:
    """Serve a folder as the bucket `series`. Gives the environment variables with which a reader finds it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, folder=folder))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_address[1]}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "reader",
            "AWS_SECRET_ACCESS_KEY": "of a test",
            "AWS_REGION": "us-east-1",
        }
    finally:
        server.shutdown()
        server.server_close()
