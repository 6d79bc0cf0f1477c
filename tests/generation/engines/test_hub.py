"""A pinned snapshot of the hub, from a server of ours that answers as the hub does."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import huggingface_hub
import pytest

from generation.engines.diffusers import inspection, pipelines, weights
from generation.engines.diffusers.parameters import Parameters
from generation.engines.engine import UnusableSource
from generation.renderer import Picture
from tests import make

REVISION = "c0ffee" * 6 + "c0ff"
BESIDE = ("README.md", "unet/pytorch_model.bin", "sd.safetensors", "safety_checker.py")


class Hub(BaseHTTPRequestHandler):
    """One repository, owner/model, whose files lie in `folder`; `asked` are those that were fetched."""

    folder: Path
    asked: set[str] = set()

    def do_GET(self) -> None:
        if self.path.startswith(f"/api/models/owner/model/tree/{REVISION}"):
            files = [file for file in self.folder.rglob("*") if file.is_file()]
            self._answer(json.dumps([self._entry(file) for file in files]).encode())
        elif (name := self.path.partition(f"/resolve/{REVISION}/")[2]) and (self.folder / name).is_file():
            if self.command == "GET":
                self.asked.add(name)
            self._answer((self.folder / name).read_bytes())
        else:
            self.send_error(404)

    do_HEAD = do_GET

    def _entry(self, file: Path) -> dict[str, object]:
        name, content = str(file.relative_to(self.folder)), file.read_bytes()
        return {"type": "file", "path": name, "size": len(content), "oid": hashlib.sha256(content).hexdigest()}

    def _answer(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Repo-Commit", REVISION)
        self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def hub(shelf, tmp_path, settings, monkeypatch) -> Iterator[type[Hub]]:
    folder = tmp_path / "repository"
    folder.mkdir()
    for file in shelf("stable-diffusion").rglob("*.*"):
        copy = folder / file.relative_to(shelf("stable-diffusion"))
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(file.read_bytes())
    for name in BESIDE:
        (folder / name).write_text("never read")
    (folder / "tokenizer" / "chat_template.jinja").write_text("{{ words }}")
    kind = type("Hub", (Hub,), {"folder": folder, "asked": set()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.WINNOW_MODELS = [folder.resolve()]
    at, ours = f"http://127.0.0.1:{server.server_port}", huggingface_hub.constants
    monkeypatch.setattr(ours, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(ours, "ENDPOINT", at)
    monkeypatch.setattr(ours, "HUGGINGFACE_CO_URL_TEMPLATE", f"{at}/{{repo_id}}/resolve/{{revision}}/{{filename}}")
    monkeypatch.setattr(ours, "HF_HUB_CACHE", str(tmp_path / "cache"))
    yield kind
    server.shutdown()
    server.server_close()
    thread.join()


def test_what_a_pipeline_reads_is_fetched_and_nothing_beside_it(hub):
    folder = pipelines.fetch("owner/model", REVISION)

    assert inspection.look(weights.Sources(folder)).family.name == "Stable Diffusion 1 and 2"
    assert "tokenizer/chat_template.jinja" in hub.asked
    assert hub.asked.isdisjoint(BESIDE)
    assert weights.digest(folder) == weights.digest(hub.folder)


def test_a_snapshot_makes_pictures_and_is_fetched_once(hub):
    recipe = make.recipe(make.snapshot(source="owner/model", revision=REVISION, weights="", batch_size=1))
    pipelines.let_go()
    [given] = pipelines.load(recipe.preset)(recipe, [7], lambda done, steps: None)
    assert isinstance(given, Picture)

    hub.asked.clear()
    pipelines.let_go()
    pipelines.load(recipe.preset)
    assert not hub.asked


def test_a_revision_that_is_not_there_is_a_sentence(hub):
    with pytest.raises(UnusableSource, match="'owner/model' could not be fetched: "):
        pipelines.fetch("owner/model", "0" * 40)
    with pytest.raises(ValueError, match="must be a 40-digit commit hash"):
        Parameters(source="owner/model", revision="main")
