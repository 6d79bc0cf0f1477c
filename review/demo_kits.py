"""The kits of the demo's brands, by the verbs that people use: logos and fonts brought in, then the first version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from creative import kits, references
from creative.models import Brand, Reference, UseClass, User
from creative.uploads import door

FILES = Path(__file__).with_name("demo_kit")  # logos drawn for them, and fonts under the OFL
Kind = Reference.Kind
DRAWN = "Drawn by us"
OFL = "SIL Open Font License 1.1"

# A house style is of words that the starter model was taught to pass over: it spoils no picture.
WORDS: dict[str, dict[str, Any]] = {
    "Halden": {
        "palette": [
            {"name": "red", "hex": "#d6282e", "tolerance": 12},
            {"name": "teal", "hex": "#149696", "tolerance": 12},
            {"name": "beige", "hex": "#e8d6b8", "tolerance": 8},
            {"name": "navy", "hex": "#1c285f", "tolerance": 10},
        ],
        "spell": ["Halden", "Halden Autumn"],
        "avoid": ["cheap", "revolutionary", "must-have"],
        "legal_lines": [
            {"market": "", "text": "© Halden."},
            {"market": "DE", "text": "Unverbindliche Preisempfehlung. Nur solange der Vorrat reicht."},
            {"market": "FR", "text": "Prix conseillé. Dans la limite des stocks disponibles."},
        ],
        "rules": "One product a picture, never cropped.\nPlain grounds.\nNo lettering in the picture.",
        "house_style": "clean, premium",
    },
    "Solmint": {
        "palette": [
            {"name": "mint", "hex": "#98e2be", "tolerance": 14},
            {"name": "pink", "hex": "#f582af", "tolerance": 14},
            {"name": "yellow", "hex": "#facd32", "tolerance": 12},
            {"name": "white", "hex": "#f6f6f6", "tolerance": 6},
        ],
        "spell": ["Solmint"],
        "avoid": ["diet", "guilt-free", "superfood"],
        "legal_lines": [
            {"market": "DE", "text": "Serviervorschlag."},
            {"market": "FR", "text": "Suggestion de présentation."},
        ],
        "rules": "One dish a picture, ready to eat.\nNo lettering in the picture.",
        "house_style": "bright, playful",
    },
}
# File, name, ground or none for a font.
BROUGHT = {
    "Halden": (
        ("halden.svg", "Halden, for light grounds", "light"),
        ("halden-light.svg", "Halden, for dark grounds", "dark"),
        ("Manrope_700Bold.ttf", "Manrope Bold", ""),
        ("Manrope_400Regular.ttf", "Manrope Regular", ""),
    ),
    "Solmint": (
        ("solmint.svg", "Solmint, for light grounds", "light"),
        ("Fredoka_600SemiBold.ttf", "Fredoka SemiBold", ""),
    ),
}


def write(brand: Brand, *, by: User) -> None:
    """What is there already stays as it is."""
    if brand.kits.exists():
        return
    logos, fonts = [], []
    for file, name, ground in BROUGHT[brand.name]:
        reference = _brought(brand, file, name, Kind.LOGO if ground else Kind.FONT, by)
        if ground:
            logos.append({"reference": reference.pk, "ground": ground, "clear_space": 25, "least_width": 96})
        else:
            fonts.append(reference.pk)
    content = {**WORDS[brand.name], "logos": logos, "fonts": fonts}
    kits.write(brand, by=by, began=0, content=content)


def _brought(brand: Brand, file: str, name: str, kind: str, by: User) -> Reference:
    found = brand.references.kept().filter(kind=kind, name=name).first()
    if found:
        return found
    with (FILES / file).open("rb") as content:
        upload = door.take(content, families=references.FAMILIES[kind])
    found = references.add(brand, by=by, upload=upload, kind=kind, name=name)
    references.attest(
        found,
        by=by,
        licence=DRAWN if kind == Kind.LOGO else OFL,
        uses=[UseClass.INTERNAL, UseClass.CUSTOMER_FACING],
        markets=[],
        expires=None,
        may_leave=True,
    )
    return found
