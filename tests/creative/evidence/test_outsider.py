"""Somebody outside, with a file and a public key, and nothing else of ours."""

from __future__ import annotations

import ast
import json
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from creative.evidence import anchors, audit, keys, outsider, payloads
from creative.evidence.acts import Act
from creative.models import Event
from tests import make


@pytest.fixture(autouse=True)
def folders(monkeypatch):
    monkeypatch.setattr(anchors, "FOLDER", f"anchors-{secrets.token_hex(8)}")
    monkeypatch.setattr(keys, "FOLDER", f"keys-{secrets.token_hex(8)}")


@pytest.fixture
def key(tmp_path) -> Path:
    file = tmp_path / "public.pem"
    file.write_bytes(keys.pem(keys.signing().public_key()))
    return file


@pytest.fixture
def given(project, draft, maya, tmp_path) -> Path:
    """A brief's evidence, beside a colleague's brief of the same project."""
    audit.record(project, maya, Act.DEMO_TOLD, brief=draft.pk, words="naïve “ß” 写真")
    other = make.draft(project, maya)
    audit.record(project, maya, Act.DEMO_TOLD, brief=other.pk, words="Not yours.")
    anchors.write()
    out = tmp_path / "evidence.json"
    call_command("export_evidence", project=project.pk, brief=draft.pk, out=out, verbosity=0)
    return out


def check(given: Path, key: Path, capsys) -> tuple[int, str]:
    code = outsider.main([str(given), "--key", str(key)])
    said = capsys.readouterr()
    return code, said.out + said.err


def edit(given: Path, change) -> None:
    evidence = json.loads(given.read_bytes())
    change(evidence)
    given.write_text(json.dumps(evidence))


def test_it_knows_the_standard_library_and_cryptography_alone():
    tree = ast.parse(Path(outsider.__file__).read_text())
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}

    assert {str(name).split(".")[0] for name in modules} - set(sys.stdlib_module_names) == {"cryptography"}


def test_the_file_alone_checks_in_a_process_of_its_own(given, key, tmp_path):
    script = tmp_path / "outsider.py"
    script.write_text(Path(outsider.__file__).read_text())

    done = subprocess.run(
        [sys.executable, "-I", script, given, "--key", key], capture_output=True, text=True, cwd=tmp_path, env={}
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "whole" in done.stdout


def test_what_other_briefs_say_is_not_in_it(given):
    text = given.read_text()

    assert "写真" in json.dumps(json.loads(text), ensure_ascii=False)
    assert "Not yours." not in text


def test_erased_words_leave_it_whole(given, key, project, draft, pia, capsys):
    payloads.erase(Event.objects.get(act=Act.DEMO_TOLD, brief_id=draft.pk), by=pia, because="She asked us to.")
    anchors.write()
    given.unlink()
    call_command("export_evidence", project=project.pk, out=given, verbosity=0)

    assert '"words": "na' not in given.read_text()
    assert check(given, key, capsys)[0] == 0


def _another_actor(evidence):
    evidence["lines"][1][4] = 4711


def _other_words(evidence):
    next(iter(evidence["payloads"].values()))["data"] = {"words": "Others."}


def _a_line_less(evidence):
    del evidence["lines"][1]


def _a_cut_tail(evidence):
    del evidence["lines"][-1]


def _another_head(evidence):
    anchor = json.loads(evidence["anchors"][0])
    anchor["heads"] = {scope: [1, "0" * 64] for scope in anchor["heads"]}
    evidence["anchors"][0] = json.dumps(anchor)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_another_actor, "Line 2 was edited."),
        (_other_words, "says something else than what was written."),
        (_a_line_less, "Line 2 is missing or out of place."),
        (_a_cut_tail, "Cut off: anchor 1 saw"),
        (_another_head, "Anchor 1 was forged or edited."),
        (lambda evidence: evidence["anchors"].clear(), "No anchor that was signed by a key you gave"),
    ],
)
def test_what_was_changed_is_a_sentence(given, key, capsys, change, said):
    edit(given, change)

    code, words = check(given, key, capsys)
    assert code == 1
    assert said in words


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"lines": 3}', '{"lines": [[]], "scope": 1}'])
def test_what_is_no_evidence_is_a_sentence_too(given, key, capsys, content):
    given.write_text(content)

    assert check(given, key, capsys)[0] == 2


def test_a_project_that_is_not_there_is_a_sentence(db, tmp_path):
    with pytest.raises(CommandError, match="no project 4711"):
        call_command("export_evidence", project=4711, out=tmp_path / "out.json")
