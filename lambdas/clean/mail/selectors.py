"""CSS selectors over a tree of HTML, in one walk: time in proportion to elements and selector.

The usual ways of matching try ancestors again and again, which takes long where HTML is nested
deep. Here each element knows which beginnings of the selector have been matched around it: a mask
with a bit for every step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cssselect import SelectorError, parse
from cssselect import parser as css

from lambdas.clean.mail.html import Element

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lambdas.clean.mail.html import Document

    Test = Callable[[Element], bool]

WITHIN, CHILD, NEXT, AFTER = " ", ">", "+", "~"
OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "=": lambda given, wanted: given == wanted,
    "~=": lambda given, wanted: wanted in given.split(),
    "|=": lambda given, wanted: given == wanted or given.startswith(f"{wanted}-"),
    "^=": lambda given, wanted: bool(wanted) and given.startswith(wanted),
    "$=": lambda given, wanted: bool(wanted) and given.endswith(wanted),
    "*=": lambda given, wanted: bool(wanted) and wanted in given,
}


@dataclass(frozen=True)
class Step:
    """An element that passes all tests, and stands to the step before as `combinator` says.

    The first step of a selector has no combinator.
    """

    tests: tuple[Test, ...]
    combinator: str = ""


@dataclass(slots=True)
class _Siblings:
    """What has been matched of the elements that have one parent: the last one, and any so far."""

    last: int = 0
    any: int = 0


class Selector:
    """One, or several with commas between. Raises ValueError with what is wrong or not known here.

    Known are tags, `#id`, `.class`, attributes, `:first-child`, `:nth-child(2)`, `:not(…)`, and all
    combinators.
    """

    def __init__(self, text: str) -> None:
        try:
            parsed = parse(text)
        except SelectorError as error:
            raise ValueError(f"{text!r} is no selector: {error}") from error
        self._steps: list[Step] = []
        self._ends = 0
        for each in parsed:
            if each.pseudo_element:
                raise ValueError(f"{text!r}: there are no pseudo-elements in a mail")
            self._steps += _steps(each.parsed_tree)
            self._ends |= 1 << (len(self._steps) - 1)

    def all(self, document: Document, scope: Element) -> Iterator[Element]:
        """What it selects within the scope, in the document's order. Raises RejectedError."""
        walk = [(child, 0, 0, siblings) for siblings in [_Siblings()] for child in _under(scope)]
        while walk:
            element, above, parent, siblings = walk.pop()
            document.visit()
            around = {WITHIN: above, CHILD: parent, NEXT: siblings.last, AFTER: siblings.any}
            matched = self._matched(element, around)
            siblings.last = matched
            siblings.any |= matched
            if matched & self._ends:
                yield element
            below = _Siblings()
            walk += [(child, above | matched, matched, below) for child in _under(element)]

    def first(self, document: Document, scope: Element) -> Element | None:
        """Raises RejectedError."""
        return next(self.all(document, scope), None)

    def _matched(self, element: Element, around: dict[str, int]) -> int:
        """The steps that the element is, with all that comes before them."""
        matched = 0
        for number, step in enumerate(self._steps):
            reached = not step.combinator or around[step.combinator] >> (number - 1) & 1
            if reached and all(test(element) for test in step.tests):
                matched |= 1 << number
        return matched


def _under(element: Element) -> list[Element]:
    """The last one first, as a walk takes them from its end."""
    return [child for child in reversed(element.children) if isinstance(child, Element)]


def _steps(tree: object) -> list[Step]:
    if isinstance(tree, css.CombinedSelector):
        following = _tests(tree.subselector)
        return [*_steps(tree.selector), Step(tuple(following), tree.combinator)]
    return [Step(tuple(_tests(tree)))]


def _tests(tree: object) -> list[Test]:
    """Raises ValueError for what is not known here."""
    if isinstance(tree, css.Element):
        return _of_tag(tree)
    match tree:
        case css.Class():
            test = _of_class(tree.class_name)
        case css.Hash():
            test = _of_attribute("id", "=", tree.id)
        case css.Attrib():
            value = tree.value.value if tree.value else None
            test = _of_attribute(tree.attrib, tree.operator, value)
        case css.Pseudo(ident="first-child"):
            test = _at_place(1)
        case css.Function(name="nth-child"):
            test = _at_place(_number(tree))
        case css.Negation() if not isinstance(tree.subselector, css.CombinedSelector):
            test = _none_of(_tests(tree.subselector))
        case _:
            raise ValueError(f"{_said(tree)} is not known here")
    return [*_tests(tree.selector), test]


def _said(tree: object) -> str:
    match tree:
        case css.Pseudo():
            return f":{tree.ident}"
        case css.Function():
            return f":{tree.name}()"
    return f"a selector of the kind {type(tree).__name__}"


def _number(tree: css.Function) -> int:
    match tree.arguments:
        case [argument] if argument.type == "NUMBER" and (argument.value or "").isdecimal():
            return int(argument.value or 0)
    raise ValueError(":nth-child() takes a number here")


def _of_tag(tree: css.Element) -> list[Test]:
    if tree.element is None:
        return []
    wanted = tree.element.lower()
    return [lambda element: element.tag == wanted]


def _of_class(wanted: str) -> Test:
    return lambda element: wanted in element.classes


def _of_attribute(name: str, operator: str, wanted: str | None) -> Test:
    if operator == "exists" or wanted is None:
        return lambda element: name.lower() in element.attributes
    if operator not in OPERATORS:
        raise ValueError(f"{operator} is not known here")
    compared = OPERATORS[operator]

    def test(element: Element) -> bool:
        given = element.attributes.get(name.lower())
        return given is not None and compared(given, wanted)

    return test


def _at_place(wanted: int) -> Test:
    return lambda element: element.place == wanted


def _none_of(tests: list[Test]) -> Test:
    return lambda element: not all(test(element) for test in tests)
