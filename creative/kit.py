"""What a brand's kit says, and its rules, in one place for the form and the verb. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar

from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field, StringConstraints

from creative.brief_words import LONGEST_CODE, MARKET
from creative.text import unified, wrong_in
from creative.validation import Checked, mistake, says

Value = TypeVar("Value")

MOST_COLOURS = 60
MOST_LOGOS = 12
MOST_FONTS = 10
MOST_WORDS = 200  # of each list
MOST_LEGAL_LINES = 50
LONGEST_WORD = 80  # characters
LONGEST_LEGAL_LINE = 600
LONGEST_RULES = 20_000
LONGEST_STYLE = 200
TOLERANCE = 10  # ΔE by CIEDE2000: two colours that hang side by side still look related


def _one_line(text: str) -> str:
    if wrong := wrong_in(text, lines=False):
        raise mistake(f"This {wrong}.")
    return text


def _lines(text: str) -> str:
    if wrong := wrong_in(unified(text)):
        raise mistake(f"This {wrong}.")
    return unified(text)


def _market(code: str) -> str:
    if code and not MARKET.fullmatch(code):
        raise mistake("Write a country code, as in DE or US-NY.")
    return code


class Colour(Checked):
    """What is within the tolerance of it counts as this colour."""

    name: Annotated[  # a brief names it
        str,
        StringConstraints(pattern=r"\S", max_length=LONGEST_CODE),
        says(f"Give it a name of 1 to {LONGEST_CODE} characters."),
        AfterValidator(_one_line),
    ]
    hex: Annotated[
        str,
        StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$"),
        says("Write its hex as # and six digits, such as #d6282e."),
    ]
    tolerance: Annotated[int, Field(ge=1, le=50), says("Give a whole number from 1 to 50.")] = TOLERANCE


class Logo(Checked):
    """One of the brand's references of that kind, and where it may stand."""

    reference: Annotated[int, says("Choose a logo.")]
    ground: Annotated[Literal["light", "dark"], says("Choose a light or a dark ground.")]
    clear_space: Annotated[int, Field(ge=0, le=200), says("Give a whole number from 0 to 200.")] = 25  # % of its height
    least_width: Annotated[int, Field(ge=1, le=10_000), says("Give a whole number from 1 to 10,000.")] = 80  # pixels


class LegalLine(Checked):
    market: Annotated[str, AfterValidator(_market)] = ""  # empty: everywhere that has none of its own
    text: Annotated[
        str,
        StringConstraints(pattern=r"\S", max_length=LONGEST_LEGAL_LINE),
        says(f"Give it a text of 1 to {LONGEST_LEGAL_LINE} characters."),
    ]


def _few(most: int, sentence: str) -> AfterValidator:
    def check(rows: list[Value]) -> list[Value]:
        if len(rows) > most:
            raise mistake(sentence % {"most": most, "count": len(rows)})
        return rows

    return AfterValidator(check)


def _once(of: Callable[[Any], Any], sentence: str) -> AfterValidator:
    def check(rows: list[Value]) -> list[Value]:
        seen = set()
        for row in rows:
            key = of(row)
            if key in seen:
                raise mistake(sentence % {"what": key})
            seen.add(key)
        return rows

    return AfterValidator(check)


def _short(words: list[str]) -> list[str]:
    for word in words:
        if not word.strip() or len(word) > LONGEST_WORD:
            raise mistake(f"A word or phrase has 1 to {LONGEST_WORD} characters; “{word[:LONGEST_WORD]}” has not.")
        _one_line(word)
    return words


_FEW_WORDS = _few(MOST_WORDS, "At most %(most)s words and phrases fit; these are %(count)s.")
Words = Annotated[list[str], _FEW_WORDS, AfterValidator(_short), says("Write one word or phrase a line.")]


class Content(Checked):
    """One version of a kit, whole."""

    palette: Annotated[
        list[Colour],
        _few(MOST_COLOURS, "A palette has at most %(most)s colours; these are %(count)s."),
        _once(lambda colour: colour.name.casefold(), "Two colours are called “%(what)s”. Give each its own name."),
    ] = []
    logos: Annotated[
        list[Logo],
        _few(MOST_LOGOS, "A kit has at most %(most)s logos; these are %(count)s."),
        _once(lambda logo: (logo.reference, logo.ground), "The same logo stands twice for the same ground."),
    ] = []
    fonts: Annotated[
        list[int],
        _few(MOST_FONTS, "A kit has at most %(most)s fonts; these are %(count)s."),
        _once(lambda font: font, "The same font stands twice."),
    ] = []  # ids of references; the first is the brand's own
    avoid: Words = []
    spell: Words = []
    legal_lines: Annotated[
        list[LegalLine],
        _few(MOST_LEGAL_LINES, "A kit has at most %(most)s legal lines; these are %(count)s."),
        _once(lambda line: where(line.market), "There are two legal lines for %(what)s. Write them as one."),
    ] = []
    rules: Annotated[
        str,
        StringConstraints(max_length=LONGEST_RULES),
        says(f"At most {LONGEST_RULES:,} characters fit."),
        AfterValidator(_lines),
    ] = ""
    house_style: Annotated[
        str,
        StringConstraints(max_length=LONGEST_STYLE),
        says(f"At most {LONGEST_STYLE} characters fit."),
        AfterValidator(_one_line),
    ] = ""


def facts(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(name, value) of its words and lines, as a page tells them of one that was frozen."""
    found = [
        (_("Spelt exactly"), ", ".join(content["spell"])),
        (_("Avoided"), ", ".join(content["avoid"])),
        *(
            (_("Legal line, %(where)s") % {"where": where(line["market"])}, line["text"])
            for line in content["legal_lines"]
        ),
        (_("House style"), content["house_style"]),
    ]
    return [(name, value) for name, value in found if value]


def where(market: str) -> str:
    return market or _("everywhere")


def merged(mine: Content, base: Content, newest: Content) -> Content:
    """What somebody wrote who began from `base`, with what others wrote since in the parts that they left alone."""
    return newest.model_copy(update={name: getattr(mine, name) for name in _changed(base, mine)})


def contested(mine: Content, base: Content, newest: Content) -> list[str]:
    """The parts that both wrote, and not alike, in words."""
    names = {
        "palette": _("the palette"),
        "logos": _("the logos"),
        "fonts": _("the fonts"),
        "avoid": _("the words to avoid"),
        "spell": _("the words to spell exactly"),
        "legal_lines": _("the legal lines"),
        "rules": _("the rules"),
        "house_style": _("the house style"),
    }
    both = _changed(base, mine) & _changed(base, newest) & _changed(mine, newest)
    return [said for name, said in names.items() if name in both]


def _changed(old: Content, new: Content) -> set[str]:
    return {name for name in Content.model_fields if getattr(old, name) != getattr(new, name)}


def changes(old: Content, new: Content, names: Mapping[int, str]) -> list[str]:
    """What the newer one says otherwise, in sentences; `names` are those of references."""
    return [
        *_of_rows(
            {colour.name: f"{colour.hex}, ΔE {colour.tolerance}" for colour in old.palette},
            {colour.name: f"{colour.hex}, ΔE {colour.tolerance}" for colour in new.palette},
            _("Colour “%(name)s”"),
        ),
        *_of_rows(_logos(old, names), _logos(new, names), _("Logo “%(name)s”")),
        *_of_value(_named(old.fonts, names), _named(new.fonts, names), _("Type")),
        *_of_words(old.spell, new.spell, _("To spell exactly")),
        *_of_words(old.avoid, new.avoid, _("To avoid")),
        *_of_rows(
            {where(line.market): f"“{line.text}”" for line in old.legal_lines},
            {where(line.market): f"“{line.text}”" for line in new.legal_lines},
            _("Legal line for %(name)s"),
        ),
        *_of_prose(old.rules, new.rules, _("Rules")),
        *_of_value(_quoted([old.house_style]), _quoted([new.house_style]), _("House style")),
    ] or ([] if old == new else [_("The same in another order")])


def _logos(content: Content, names: Mapping[int, str]) -> dict[str, str]:
    return {
        _("%(name)s, on %(ground)s grounds")
        % {"name": names.get(logo.reference, f"{logo.reference}"), "ground": logo.ground}: _(
            "clear space %(space)s %% of its height, at least %(width)s px wide"
        )
        % {"space": logo.clear_space, "width": logo.least_width}
        for logo in content.logos
    }


def _named(references: Iterable[int], names: Mapping[int, str]) -> str:
    return _quoted([names.get(reference, f"{reference}") for reference in references])


def _of_rows(old: Mapping[str, str], new: Mapping[str, str], called: str) -> Iterator[str]:
    for name, value in new.items():
        yield from _of_value(old.get(name, ""), value, called % {"name": name})
    for name in old.keys() - new.keys():
        yield from _of_value(old[name], "", called % {"name": name})


def _of_value(old: str, new: str, called: str) -> Iterator[str]:
    told = {"what": called, "old": old, "new": new}
    if old and new and old != new:
        yield _("%(what)s: %(old)s became %(new)s") % told
    elif new and not old:
        yield _("%(what)s is new: %(new)s") % told
    elif old and not new:
        yield _("%(what)s was taken out") % told


def _of_words(old: Sequence[str], new: Sequence[str], called: str) -> Iterator[str]:
    if more := _quoted([word for word in new if word not in old]):
        yield _("%(what)s, new: %(words)s") % {"what": called, "words": more}
    if less := _quoted([word for word in old if word not in new]):
        yield _("%(what)s no longer: %(words)s") % {"what": called, "words": less}


def _of_prose(old: str, new: str, called: str) -> Iterator[str]:
    if old != new:
        became = _("were written anew") if old and new else _("are new") if new else _("were taken out")
        yield f"{called} {became}"


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"“{word}”" for word in words if word)
