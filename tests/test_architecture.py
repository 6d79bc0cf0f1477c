"""What the layout promises, read from the source: data and imports flow one way."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ("creative", "generation", "review")  # each may use those before it
WIRING = {"creative/urls.py", "creative/settings.py", "creative/celery.py", "creative/wsgi.py"}
PURE = {
    "creative/policy/schema.py": {"__future__", "typing", "pydantic", "creative"},
    "creative/policy/evaluate.py": {"__future__", "collections", "dataclasses", "creative"},
    "generation/recipe.py": {"__future__", "dataclasses", "typing"},
    "generation/prompts.py": {"__future__", "re", "collections", "typing"},
}
HEAVY = {"torch", "diffusers", "transformers", "accelerate", "safetensors", "numpy", "scipy", "imagehash"}

SOURCES = [
    path.relative_to(ROOT).as_posix()
    for app in APPS
    for path in sorted((ROOT / app).rglob("*.py"))
    if "migrations" not in path.parts
]
UPSTREAM = [source for source in SOURCES if not source.startswith(APPS[-1]) and source not in WIRING]


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def at_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run when a module is imported."""
    for node in body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        yield node
        for inner in ("body", "orelse", "finalbody"):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from at_import(getattr(node, inner, []))


def parsed(source: str) -> ast.Module:
    return ast.parse((ROOT / source).read_text())


def downstream_of(source: str) -> tuple[str, ...]:
    return APPS[APPS.index(source.split("/")[0]) + 1 :]


def test_there_is_something_to_look_at():
    assert len(SOURCES) > 60
    assert {"creative/models/brief.py", "generation/rendering.py", "review/signing/signoff.py"} <= set(SOURCES)


@pytest.mark.parametrize("source", UPSTREAM)
def test_imports_point_upstream(source):
    wrong = {name for name in imported(parsed(source)) if name.split(".")[0] in downstream_of(source)}

    assert wrong == set()


@pytest.mark.parametrize("source", UPSTREAM)
def test_no_string_points_downstream_either(source):
    """Foreign keys, apps.get_model and URL names are strings; settings name the two pages that upstream leads to."""
    names = "|".join(downstream_of(source))
    strings = [node.value for node in ast.walk(parsed(source)) if isinstance(node, ast.Constant)]
    pattern = re.compile(rf"({names})([.:][\w-]+|/[\w-]+\.html)+")

    assert [text for text in strings if isinstance(text, str) and pattern.fullmatch(text)] == []


def modules_of(app: str) -> dict[str, str]:
    """Sources by the name that they are imported by."""
    names = {source: source.removesuffix(".py").removesuffix("/__init__") for source in SOURCES}
    return {name.replace("/", "."): source for source, name in names.items() if source.startswith(f"{app}/")}


@pytest.mark.parametrize("app", APPS)
def test_no_circle_inside_an_app(app):
    """An import for types alone, or inside a function, is an arrow as well. `ready()` of apps.py stands above all."""
    modules = modules_of(app)
    needs = {name: (set(imported(parsed(source))) & modules.keys()) - {name, app} for name, source in modules.items()}
    for name, source in modules.items():  # `from package import module` needs the module, and not what re-exports
        for node in ast.walk(parsed(source)):
            if isinstance(node, ast.ImportFrom) and all(f"{node.module}.{each.name}" in modules for each in node.names):
                needs[name].discard(str(node.module))

    TopologicalSorter(needs).prepare()  # raises CycleError, which names the circle


@pytest.mark.parametrize("app", APPS[:-1])
def test_templates_upstream_lead_nowhere_downstream(app):
    names = "|".join(APPS[APPS.index(app) + 1 :])
    pattern = re.compile(rf"""["']({names})[:/]""")
    wrong = [
        f"{path.name}: {line.strip()}"
        for path in (ROOT / "templates" / app).rglob("*.html")
        for line in path.read_text().splitlines()
        if pattern.search(line)
    ]

    assert wrong == []


@pytest.mark.parametrize("source", PURE)
def test_pure_modules_know_the_standard_library_only(source):
    assert {name.split(".")[0] for name in imported(parsed(source))} == PURE[source]


def test_the_fingerprint_knows_nothing_of_the_framework():
    names = set(imported(parsed("review/composing/fingerprint.py")))

    assert not [name for name in names if name.split(".")[0] in ("django", "celery") or ".models" in name]


@pytest.mark.parametrize("source", [source for source in SOURCES if not source.startswith("generation/starter/")])
def test_no_module_loads_a_model_library_when_it_is_imported(source):
    found = {
        name.split(".")[0]
        for node in at_import(parsed(source).body)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in imported(node)
    }

    assert found.isdisjoint(HEAVY)


@pytest.mark.parametrize("source", [source for source in SOURCES if not source.startswith("generation/starter/")])
def test_only_one_engine_and_the_starter_know_a_model_library(source):
    found = {name.split(".")[0] for name in imported(parsed(source))} & {"torch", "diffusers", "transformers"}

    alone = source.startswith("generation/engines/diffusers/")
    assert not found or alone or source == "generation/management/commands/train_starter.py"


@pytest.mark.parametrize("source", [source for source in SOURCES if "/models/" in source])
def test_models_import_no_verbs(source):
    """urls -> views -> verbs -> models: a model knows the tables before it, and what is pure."""
    evidence = r"evidence\.(acts|append_only|evident|guards)"
    kernel = rf"brief_words|errors|palette|policy|roles|stages|validation|{evidence}|work\.leases"
    pure = rf"creative\.({kernel})\b.*|generation\.(recipe\b.*|engines\.ENGINES|sizes\b.*)"
    ours = {name for name in imported(parsed(source)) if name.split(".")[0] in APPS and name.count(".") > 1}

    assert [name for name in ours if not re.fullmatch(rf"\w+\.models\b.*|{pure}", name)] == []


@pytest.mark.parametrize("source", [source for source in SOURCES if not re.search(r"/views|urls\.py|web\.py", source)])
def test_only_urls_know_views(source):
    assert not [name for name in imported(parsed(source)) if re.match(rf"({'|'.join(APPS)})\.(views|urls)\b", name)]


PACKAGES = ("culling", "composing", "signing", "delivery")  # of review; each may use those before it


@pytest.mark.parametrize("source", [source for source in SOURCES if source.split("/")[1] in PACKAGES])
def test_inside_review_imports_point_upstream_and_never_at_the_pages_on_top(source):
    after = PACKAGES[PACKAGES.index(source.split("/")[1]) + 1 :]
    ours = {name.split(".")[1] for name in imported(parsed(source)) if name.startswith("review.")}

    assert ours.isdisjoint(after)
    assert ours <= {*PACKAGES, "models"}


# Templates that read like an outline


def template_lines() -> list[str]:
    return [line for path in (ROOT / "templates").rglob("*.html") for line in path.read_text().splitlines()]


def test_template_lines_fit_a_screen():
    lengths = [len(line) for line in template_lines()]
    long = [length for length in lengths if length > 120]

    assert max(lengths) <= 300
    assert len(long) <= 0.02 * len(lengths), f"{len(long)} of {len(lengths)} lines are over 120 characters"


def test_templates_ask_for_a_state_by_property():
    compared = re.compile(r"""{%[^%]*\b(status|state|act|flag)(\.value)?\s*[!=]=\s*["']""")

    assert [line for line in template_lines() if compared.search(line)] == []


# Styles and scripts


def sources(folder: str, ending: str) -> str:
    return "\n".join(path.read_text() for path in sorted((ROOT / folder).rglob(f"*.{ending}")))


def test_every_class_that_is_styled_is_used():
    ours = "\n".join(path.read_text() for path in (ROOT / "static/css").glob("*.css") if path.stem != "admin")
    words = set(re.findall(r"[\w-]+", sources("templates", "html") + sources("static/js", "js")))
    made = ("as-", "badge--", "toast--", "htmx-")  # with what a token, a state, a message or htmx adds

    styled = set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"/\*.*?\*/", "", ours, flags=re.DOTALL)))
    assert sorted(name for name in styled - words if not name.startswith(made)) == []


def test_what_lies_over_what_is_said_in_one_table():
    elsewhere = [line.strip() for line in sources("static/css", "css").splitlines() if "z-index" in line]

    assert [line for line in elsewhere if "var(--over-" not in line] == []


def test_nothing_but_a_view_of_the_room_asks_which_view_it_is():
    asked = re.compile(r"""\bview(\.name)?\s*[!=]==?\s*["']""")

    assert asked.findall(sources("static/js", "js")) == []
